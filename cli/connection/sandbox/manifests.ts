import type { RolloutSpec } from '../../../core/spec/rollout-spec.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { sideLabel } from '../../../sandbox/service-objects.ts';
import { addRoute, addSubsets, serviceOf } from './route-manifests.ts';

const replicas = 3;

type Cluster = Sandbox['kubernetes'];

/** The service that a spec speaks of, onboarded: its Deployment, its Service, and a rule on each route that the spec names. */
export function addService(cluster: Cluster, spec: RolloutSpec, image: string): void {
  const { namespace, workload, router } = spec;
  const service = serviceOf(spec);
  const labels = { app: workload.deployment, [sideLabel]: 'stable' };
  cluster.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: workload.deployment, namespace, labels: { app: workload.deployment } },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: workload.container, image, ports: [{ name: 'http', containerPort: 8080 }] }] },
      },
    },
  });
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: service, namespace },
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] },
  });
  addSubsets(cluster, spec);
  for (const route of router.routes) addRoute(cluster, spec, route);
}

export function hasService(cluster: Cluster, spec: RolloutSpec): boolean {
  const { namespace, workload } = spec;
  return cluster.get({ apiVersion: 'apps/v1', resource: 'deployments', namespace, name: workload.deployment }) !== undefined;
}

export function isReady(cluster: Cluster, spec: RolloutSpec): boolean {
  return cluster.endpoints(spec.namespace, serviceOf(spec)).filter(({ ready }) => ready).length >= replicas;
}
