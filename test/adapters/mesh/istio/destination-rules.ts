import type { KubernetesApi, KubernetesObject, ResourceRef } from '../../../../core/ports.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';

type Fields = Readonly<Record<string, unknown>>;

export function ruleRef(name: string): ResourceRef {
  return { apiVersion: 'networking.istio.io/v1', resource: 'destinationrules', namespace: 'shop', name };
}

/** A DestinationRule of shop, by its name and spec. */
export function destinationRule(name: string, spec: Fields, metadata: Fields = {}): KubernetesObject {
  return { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata: { name, namespace: 'shop', ...metadata }, spec };
}

/** All that a team may have said of its own host. */
export const stablePolicy = {
  connectionPool: { tcp: { maxConnections: 100, connectTimeout: '1s' }, http: { http2MaxRequests: 50 } },
  outlierDetection: { consecutiveGatewayErrors: 3, interval: '5s', minHealthPercent: 20 },
  loadBalancer: { consistentHash: { httpHeaderName: 'x-user' } },
  tls: { mode: 'ISTIO_MUTUAL' },
  futureField: { of: ['istio', 2] },
} as const;

export const stableRule = destinationRule(
  'checkout',
  { host: 'checkout', trafficPolicy: stablePolicy, subsets: [{ name: 'v1', labels: { version: 'v1' } }], exportTo: ['.'] },
  {
    labels: { team: 'shop', 'helm.sh/chart': 'checkout-1' },
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', owner: 'ada' },
  },
);

export async function clusterWithRules(...rules: readonly KubernetesObject[]): Promise<FakeKubernetes> {
  const api = new FakeKubernetes();
  for (const rule of rules) await putRule(api, rule);
  return api;
}

export async function putRule(api: KubernetesApi, rule: KubernetesObject): Promise<void> {
  const result = await api.write({ create: ruleRef(rule.metadata.name), object: rule });
  if (result.status !== 'written') throw new Error(`${rule.metadata.name} was not created: ${result.status}`);
}
