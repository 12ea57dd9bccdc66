import { createTransport } from '../../../adapters/eks/http.ts';
import { createKubernetesClient } from '../../../adapters/eks/kubernetes-client.ts';
import type { KubernetesApi } from '../../../core/ports.ts';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { type SandboxKubernetes, startKubernetes } from '../../../sandbox/kubernetes/kubernetes.ts';
import type { PolicyRule } from '../../../sandbox/kubernetes/rbac.ts';
import { createRbac } from '../../../sandbox/kubernetes/rbac.ts';
import { spec } from '../../core/rollout/rollout-for-tests.ts';

export interface ServiceInCluster {
  readonly api: KubernetesApi;
  readonly kubernetes: SandboxKubernetes;
  readonly clock: VirtualClock;
  close(): Promise<void>;
}

export type Manifest = Readonly<Record<string, unknown>>;

export const stableImage = 'registry.example.com/shop/checkout@sha256:old';

/** The sandbox's cluster with checkout in it, onboarded, and whatever else there is to be. */
export async function startServiceInCluster(...more: readonly Manifest[]): Promise<ServiceInCluster> {
  const clock = new VirtualClock();
  const kubernetes = await startKubernetes({
    clock,
    startPod: async () => ({ address: '127.0.0.1', port: 1 }),
    stopPod: async () => undefined,
  });
  for (const manifest of [deployment(), service(), virtualService(), ...more]) kubernetes.apply(manifest);
  const api = createKubernetesClient({
    endpoint: { name: 'shop-production', endpoint: kubernetes.url, certificateAuthority: '' },
    clock,
    transport: createTransport(),
    token: async () => 'k8s-aws-v1.test',
  });
  return { api, kubernetes, clock, close: () => kubernetes.close() };
}

/** Writes the status of a namespaced object, as its controller would. */
export async function putStatus({ url }: SandboxKubernetes, path: string, status: Manifest): Promise<void> {
  const answer = await fetch(`${url}${path}/status`, {
    method: 'PATCH',
    headers: { authorization: 'Bearer k8s-aws-v1.controller', 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ status }),
  });
  if (!answer.ok) throw new Error(`the status of ${path} was not written: ${await answer.text()}`);
}

/** From now on requests are allowed by these rules and by nothing else. */
export function allowOnly(kubernetes: SandboxKubernetes, rules: readonly PolicyRule[]): void {
  const apiGroup = 'rbac.authorization.k8s.io' as const;
  const role = { apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata: { name: 'sluice' }, rules };
  const binding = {
    apiVersion: `${apiGroup}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'sluice' },
    subjects: [{ apiGroup, kind: 'Group', name: 'sluice' }],
    roleRef: { apiGroup, kind: 'Role', name: 'sluice' },
  };
  const rbac = createRbac([role, binding], ['shop']);
  kubernetes.access = {
    authenticate: () => ({ user: 'sluice', groups: ['sluice'] }),
    authorize: (caller, request) => rbac.allowing(caller, request).length > 0,
  };
}

export const specWith = (change: Partial<RolloutSpecSource> = {}) =>
  spec({ router: { kind: 'istio', routes: [{ virtualService: 'shop', http: 'checkout' }] }, ...change });

const labels = { app: 'checkout', 'sluice.dev/side': 'stable' };

export const deployment = (pod: Manifest = {}, metadata: Manifest = {}, templateLabels: Manifest = labels) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'checkout', namespace: 'shop', ...metadata },
  spec: {
    replicas: 3,
    selector: { matchLabels: templateLabels },
    template: {
      metadata: { labels: templateLabels },
      spec: { containers: [{ name: 'app', image: stableImage, ports: [{ name: 'http', containerPort: 8080 }] }], ...pod },
    },
  },
});

export const service = (spec: Manifest = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'checkout', namespace: 'shop' },
  spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }], ...spec },
});

export const virtualService = (metadata: Manifest = {}) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'shop', namespace: 'shop', ...metadata },
  spec: { hosts: ['shop.example.com'], http: [{ name: 'checkout', route: [{ destination: { host: 'checkout' } }] }] },
});

/** Any other object of the namespace. */
export const object = (apiVersion: string, kind: string, spec: Manifest) => ({
  apiVersion,
  kind,
  metadata: { name: 'checkout', namespace: 'shop' },
  spec,
});
