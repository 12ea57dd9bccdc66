import type { Owner, WorkloadNames } from '../../../../adapters/eks/workload/names.ts';
import type { KubernetesObject } from '../../../../core/ports.ts';

export const oldImage = 'registry.example/shop/checkout@sha256:old';
export const newImage = 'registry.example/shop/checkout@sha256:new';

export const names: WorkloadNames = {
  namespace: 'shop',
  deployment: 'checkout',
  container: 'app',
  stableService: 'checkout',
  canaryDeployment: 'checkout-canary',
  canaryService: 'checkout-canary',
};

export const owner: Owner = { rollout: 'checkout', rolloutId: 'checkout-7', fence: 7 };
/** The run before, and the one after. */
export const earlier: Owner = { rollout: 'checkout', rolloutId: 'checkout-6', fence: 6 };
export const later: Owner = { rollout: 'checkout', rolloutId: 'checkout-8', fence: 8 };

export const at = {
  stable: { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'checkout' },
  service: { apiVersion: 'v1', resource: 'services', namespace: 'shop', name: 'checkout' },
  canary: { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'checkout-canary' },
  canaryService: { apiVersion: 'v1', resource: 'services', namespace: 'shop', name: 'checkout-canary' },
  autoscaler: { apiVersion: 'autoscaling/v2', resource: 'horizontalpodautoscalers', namespace: 'shop', name: 'checkout' },
} as const;

type Fields = Record<string, unknown>;

export function stableDeployment(
  change: { metadata?: Fields; spec?: Fields; pod?: Fields; labels?: Record<string, string> } = {},
): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'checkout', namespace: 'shop', ...change.metadata },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'checkout' } },
      template: {
        metadata: { labels: change.labels ?? { app: 'checkout', 'sluice.dev/side': 'stable' } },
        spec: {
          containers: [
            { name: 'sidecar', image: 'envoy:1' },
            { name: 'app', image: oldImage },
          ],
          ...change.pod,
        },
      },
      ...change.spec,
    },
  };
}

export function stableService(spec: Fields = {}, metadata: Fields = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'checkout', namespace: 'shop', ...metadata },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.0.0.7',
      clusterIPs: ['10.0.0.7'],
      selector: { app: 'checkout', 'sluice.dev/side': 'stable' },
      ports: [{ name: 'http', port: 80, targetPort: 8080, appProtocol: 'http' }],
      ...spec,
    },
  };
}

export function autoscaler(spec: Fields = {}, metadata: Fields = {}): KubernetesObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'checkout', namespace: 'shop', ...metadata },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' }, minReplicas: 2, maxReplicas: 10, ...spec },
  };
}

/** One field deep in an object, by its path. */
export function field(object: KubernetesObject | undefined, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);
}
