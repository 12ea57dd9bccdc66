import type { RolloutSpec } from '../../../core/spec/rollout-spec.ts';
import type { IstioRoute } from '../../../core/spec/router-spec.ts';
import type { StoredObject } from '../../../sandbox/kubernetes/kubernetes.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';

const replicas = 3;
const sideLabel = 'sluice.dev/side';

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
  for (const route of router.routes) if ('virtualService' in route) addRule(cluster, spec, route);
}

export function hasService(cluster: Cluster, spec: RolloutSpec): boolean {
  const { namespace, workload } = spec;
  return cluster.get({ apiVersion: 'apps/v1', resource: 'deployments', namespace, name: workload.deployment }) !== undefined;
}

export function isReady(cluster: Cluster, spec: RolloutSpec): boolean {
  return cluster.endpoints(spec.namespace, serviceOf(spec)).filter(({ ready }) => ready).length >= replicas;
}

/** Where requests to a service of the sandbox go: the host of its first route, and its path there. */
export function addressOf(spec: RolloutSpec): { readonly host: string; readonly path: string } {
  const [first] = spec.router.routes;
  const name = first !== undefined && 'virtualService' in first ? first.virtualService : spec.name;
  return { host: hostOf(name, spec.namespace), path: pathOf(spec) };
}

/** Adds to a VirtualService that other services share; what stands there already is left as it is. */
function addRule(cluster: Cluster, spec: RolloutSpec, route: IstioRoute): void {
  const { namespace } = spec;
  const ref = { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace, name: route.virtualService };
  const rule = {
    ...(route.http === undefined ? {} : { name: route.http }),
    match: [{ uri: { prefix: pathOf(spec) } }],
    route: [{ destination: { host: serviceOf(spec) } }],
  };
  const existing = cluster.get(ref);
  if (existing === undefined) {
    cluster.apply({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: route.virtualService, namespace },
      spec: { hosts: [hostOf(route.virtualService, namespace)], http: [rule] },
    });
  } else if (!ruleNames(existing).includes(route.http)) {
    cluster.patch(ref, [{ op: 'add', path: '/spec/http/-', value: rule }]);
  }
}

function ruleNames(virtualService: StoredObject): (string | undefined)[] {
  const { http = [] } = virtualService['spec'] as { http?: { name?: string }[] };
  return http.map(({ name }) => name);
}

function serviceOf({ workload }: RolloutSpec): string {
  return workload.service ?? workload.deployment;
}

function hostOf(virtualService: string, namespace: string): string {
  return `${virtualService}.${namespace}.example.com`;
}

/** Closed by a slash, so that no service's path is the beginning of another's. */
function pathOf({ name }: RolloutSpec): string {
  return `/${name}/`;
}
