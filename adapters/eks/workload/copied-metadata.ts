/**
 * Labels by which a tool counts an object among its own. On a clone they would make Argo CD or Fleet prune it, Helm adopt it,
 * or `kubectl apply --prune` delete it.
 */
const trackingLabels = [
  // Argo CD before 3.0 tracks by this one unless told otherwise: https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/
  /^app\.kubernetes\.io\/(instance|managed-by)$/,
  /(^|\.)argoproj\.io\//,
  /^([^/]*\.)?helm\.(sh|[^/]+)\//,
  /(^|\.)fluxcd\.io\//,
  /(^|\.)cattle\.io\//,
  /^kapp\.k14s\.io\//,
  /^applyset\.kubernetes\.io\//,
  /^(cli-utils\.sigs\.k8s\.io|config\.k8s\.io|configsync\.gke\.io)\//,
];

/** Annotations that say how a mesh or a scraper treats the object; all others speak of stable, or of who applied it. */
const copiedAnnotations = [
  /^kubernetes\.io\/description$/,
  /^networking\.istio\.io\//,
  /^(balancer|retry|timeout|config)\.linkerd\.io\//,
  /^consul\.hashicorp\.com\//,
  /^prometheus\.io\//,
];

type Texts = Readonly<Record<string, string>>;

/** Whether a label ties an object to a GitOps tool, to Helm, or to another owner. */
export function isTrackingLabel(name: string): boolean {
  return trackingLabels.some((pattern) => pattern.test(name));
}

/** The labels that a clone of a user's object takes over. */
export function copyLabels(labels: Texts | undefined): Record<string, string> {
  const kept = Object.entries(labels ?? {}).filter(([name]) => !isTrackingLabel(name));
  return { ...Object.fromEntries(kept), 'app.kubernetes.io/managed-by': 'sluice' };
}

/** The annotations that a clone of a user's object takes over. */
export function copyAnnotations(annotations: Texts | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([name]) => copiedAnnotations.some((pattern) => pattern.test(name))));
}
