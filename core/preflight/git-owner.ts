import type { Finding } from './finding.ts';
import type { Labels } from './label-selector.ts';
import { yamlLines } from './yaml-lines.ts';

/** What of an object's metadata tells by whom it is written. */
export interface Marks {
  readonly labels?: Labels | null | undefined;
  readonly annotations?: Labels | null | undefined;
}

/** Who writes an object from what stands in Git, or in a chart. */
export interface GitOwner {
  readonly tool: 'Argo CD' | 'Flux Kustomization' | 'Flux HelmRelease' | 'Helm';
  /** What it is called there: the application, the Kustomization, the release. Empty where the object does not say. */
  readonly name: string;
}

/**
 * By the marks that the tools leave on what they own. Argo CD's come first: it writes what Helm renders. The label
 * app.kubernetes.io/instance says nothing, since charts set it too.
 * Sources: https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/ and
 * https://fluxcd.io/flux/components/kustomize/kustomizations/ and https://helm.sh/docs/chart_best_practices/labels/
 */
export function gitOwnerOf({ labels, annotations }: Marks): GitOwner | undefined {
  const tracked = annotations?.['argocd.argoproj.io/tracking-id'];
  const instance = labels?.['argocd.argoproj.io/instance'] ?? annotations?.['argocd.argoproj.io/instance'];
  if (tracked !== undefined || instance !== undefined) return { tool: 'Argo CD', name: tracked?.split(':')[0] ?? instance ?? '' };
  const kustomization = labels?.['kustomize.toolkit.fluxcd.io/name'];
  if (kustomization !== undefined) return { tool: 'Flux Kustomization', name: kustomization };
  const helmRelease = labels?.['helm.toolkit.fluxcd.io/name'];
  if (helmRelease !== undefined) return { tool: 'Flux HelmRelease', name: helmRelease };
  const release = annotations?.['meta.helm.sh/release-name'];
  const byHelm = release !== undefined || labels?.['app.kubernetes.io/managed-by'] === 'Helm';
  return byHelm ? { tool: 'Helm', name: release ?? '' } : undefined;
}

/** An object that Sluice writes in a rollout. */
export interface WrittenObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Marks & { readonly name: string };
  readonly spec?: unknown;
}

/** Where in a route object a rollout writes: whole lists, because rules are inserted, and Git's tools know lists by their places. */
const written: Readonly<Record<string, readonly string[]>> = {
  VirtualService: ['http', 'tcp', 'tls'],
  HTTPRoute: ['rules'],
  GRPCRoute: ['rules'],
  ServiceSplitter: ['splits'],
};

/** Whoever owns a route would put the weights back at its next sync, and the rollout is halted or ended by policies.outsideEdit. */
export function ownedRouteFindings(routes: readonly WrittenObject[], namespace: string): Finding[] {
  return routes.flatMap((route) => {
    const owner = gitOwnerOf(route.metadata);
    if (owner === undefined) return [];
    return [
      {
        severity: 'warning' as const,
        subject: `${route.kind} ${namespace}/${route.metadata.name}`,
        message: `${describe(owner)} writes it, and would undo the weights of a rollout when it next does.`,
        remedy: remedyFor(owner, route, 'Do not upgrade the release while a rollout runs, or keep the route out of the chart.'),
      },
    ];
  });
}

/** Whoever owns the Deployment, which is `shop/checkout`, would put the old image back after a promotion that patched it. */
export function ownedDeploymentFindings(metadata: Marks, name: string, promotion: 'patch' | 'git'): Finding[] {
  const owner = gitOwnerOf(metadata);
  if (owner === undefined || promotion === 'git') return [];
  return [
    {
      severity: 'warning',
      subject: `Deployment ${name}`,
      message: `${describe(owner)} writes it, and would put the old image back after a promotion.`,
      remedy: 'Let Git bring the image, and Sluice wait for it: set promotion to git in the rollout spec.',
    },
  ];
}

/**
 * How each tool is told to leave a part of an object alone.
 * Sources: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#respect-ignore-difference-configs,
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources,
 * https://fluxcd.io/flux/components/helm/helmreleases/#drift-detection
 */
function remedyFor(owner: GitOwner, { apiVersion, kind, metadata: { name }, spec: present }: WrittenObject, byHelm: string): string {
  const lists = (written[kind] ?? []).filter((field) => typeof present === 'object' && present !== null && field in present);
  const paths = lists.length === 0 ? ['/spec'] : lists.map((field) => `/spec/${field}`);
  if (owner.tool === 'Argo CD') {
    const [group] = apiVersion.split('/');
    const spec = {
      ignoreDifferences: [{ group, kind, name, jsonPointers: paths }],
      syncPolicy: { syncOptions: ['RespectIgnoreDifferences=true'] },
    };
    return `Let the Application leave it alone while it is there:\n${yamlLines({ spec })}`;
  }
  if (owner.tool === 'Flux Kustomization') {
    const metadata = { annotations: { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' } };
    return `Let the Kustomization create it and leave it alone from then on, by an annotation in its manifest:\n${yamlLines({ metadata })}`;
  }
  if (owner.tool === 'Helm') return byHelm;
  const spec = { driftDetection: { ignore: [{ paths, target: { kind, name } }] } };
  return `Where the HelmRelease corrects drift, let it leave this alone; an upgrade in the middle of a rollout undoes it all the same:\n${yamlLines({ spec })}`;
}

function describe({ tool, name }: GitOwner): string {
  return name === '' ? tool : `${tool} ${name}`;
}
