import { InvalidInputError } from '../../../core/errors.ts';
import type { ResourceRef } from '../../../core/ports.ts';
import type { RolloutSpec } from '../../../core/spec/rollout-spec.ts';
import type { GatewayRoute, IstioRoute, RouteRef } from '../../../core/spec/router-spec.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { sideLabel } from '../../../sandbox/service-objects.ts';

type Cluster = Sandbox['kubernetes'];

const istioVersion = 'networking.istio.io/v1';
const gatewayVersion = 'gateway.networking.k8s.io/v1';

/** In each namespace, for all HTTPRoutes there. */
const gateway = 'sandbox';

const missing: Partial<Record<RolloutSpec['router']['kind'], string>> = { linkerd: 'Linkerd', consul: 'Consul' };

/**
 * Refuses a spec whose traffic the sandbox has no means to move.
 *
 * @throws InvalidInputError
 */
export function assertPlayable({ name, router }: RolloutSpec): void {
  const mesh = missing[router.kind];
  if (mesh !== undefined) {
    throw new InvalidInputError(`The sandbox has no ${mesh}, so ${name} cannot be rolled out in it.`, {
      remedy: `Apply it to AWS and a cluster with ${mesh}; here, a router of kind istio or gatewayApi can be tried.`,
    });
  }
  const other = router.routes.find((route) => 'virtualService' in route && (route.tcp ?? route.tls) !== undefined);
  if (other === undefined) return;
  throw new InvalidInputError(`The sandbox moves HTTP requests and no TCP or TLS connections, so ${name} cannot be rolled out in it.`, {
    remedy: 'Apply it to AWS and a cluster with Istio; here, http routes can be tried.',
  });
}

/** Where requests to a service of the sandbox go: the host of its first route that takes any, and its path there. */
export function addressOf(spec: RolloutSpec): { readonly host: string; readonly path: string } {
  const route = spec.router.routes.find((each) => 'virtualService' in each || 'httpRoute' in each);
  const name = route === undefined ? spec.name : 'httpRoute' in route ? route.httpRoute : 'virtualService' in route && route.virtualService;
  return { host: hostOf(name || spec.name, spec.namespace), path: pathOf(spec, route) };
}

export function serviceOf({ workload }: RolloutSpec): string {
  return workload.service ?? workload.deployment;
}

/** What splits between subsets needs: a Service over both sides, and a DestinationRule that tells them apart. */
export function addSubsets(cluster: Cluster, { namespace, workload, router }: RolloutSpec): void {
  if (router.kind !== 'istio' || router.subsets === undefined) return;
  const { host, stable, canary } = router.subsets;
  const selector = { app: workload.deployment };
  const ports = [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }];
  const subsets = [
    { name: stable, labels: { [sideLabel]: 'stable' } },
    { name: canary, labels: { [sideLabel]: 'canary' } },
  ];
  cluster.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: host, namespace }, spec: { selector, ports } });
  cluster.apply({ apiVersion: istioVersion, kind: 'DestinationRule', metadata: { name: host, namespace }, spec: { host, subsets } });
}

/** Adds the rule of a route to its object, which other services may share; what stands there already is left as it is. */
export function addRoute(cluster: Cluster, spec: RolloutSpec, route: RouteRef): void {
  if ('virtualService' in route) addHttpRule(cluster, spec, route);
  else if ('httpRoute' in route || 'grpcRoute' in route) addGatewayRule(cluster, spec, route);
}

function addHttpRule(cluster: Cluster, spec: RolloutSpec, route: IstioRoute): void {
  const { namespace, router } = spec;
  const subsets = router.kind === 'istio' ? router.subsets : undefined;
  const destination = subsets === undefined ? { host: serviceOf(spec) } : { host: subsets.host, subset: subsets.stable };
  const rule = {
    ...(route.http === undefined ? {} : { name: route.http }),
    match: [{ uri: { prefix: pathOf(spec, route) } }],
    route: [{ destination }],
  };
  const ref = { apiVersion: istioVersion, resource: 'virtualservices', namespace, name: route.virtualService };
  addRule(cluster, ref, 'http', rule, {
    apiVersion: istioVersion,
    kind: 'VirtualService',
    metadata: { name: route.virtualService, namespace },
    spec: { hosts: [hostOf(route.virtualService, namespace)] },
  });
}

/** An HTTPRoute behind a Gateway, or a GRPCRoute of calls to the Service, which is there to be steered: the sandbox sends none. */
function addGatewayRule(cluster: Cluster, spec: RolloutSpec, route: GatewayRoute): void {
  const { namespace } = spec;
  const named = route.rule === undefined ? {} : { name: route.rule };
  const backendRefs = [{ name: serviceOf(spec), port: 80 }];
  if ('grpcRoute' in route) {
    const ref = { apiVersion: gatewayVersion, resource: 'grpcroutes', namespace, name: route.grpcRoute };
    addRule(
      cluster,
      ref,
      'rules',
      { ...named, backendRefs },
      {
        apiVersion: gatewayVersion,
        kind: 'GRPCRoute',
        metadata: { name: route.grpcRoute, namespace },
        spec: { parentRefs: [{ group: '', kind: 'Service', name: serviceOf(spec), port: 80 }] },
      },
    );
    return;
  }
  const listeners = [{ name: 'http', port: 80, protocol: 'HTTP' }];
  cluster.apply({
    apiVersion: gatewayVersion,
    kind: 'Gateway',
    metadata: { name: gateway, namespace },
    spec: { gatewayClassName: 'sandbox', listeners },
  });
  const matches = [{ path: { type: 'PathPrefix', value: pathOf(spec, route) } }];
  const ref = { apiVersion: gatewayVersion, resource: 'httproutes', namespace, name: route.httpRoute };
  addRule(
    cluster,
    ref,
    'rules',
    { ...named, matches, backendRefs },
    {
      apiVersion: gatewayVersion,
      kind: 'HTTPRoute',
      metadata: { name: route.httpRoute, namespace },
      spec: { parentRefs: [{ name: gateway }], hostnames: [hostOf(route.httpRoute, namespace)] },
    },
  );
}

/** To the object's list, or to a new object with nothing but it. A rule of the same name is the same. */
function addRule(
  cluster: Cluster,
  ref: ResourceRef,
  list: 'http' | 'rules',
  rule: { readonly name?: string; readonly [field: string]: unknown },
  fresh: { readonly spec: object; readonly [field: string]: unknown },
): void {
  const existing = cluster.get(ref)?.['spec'] as Partial<Record<typeof list, { name?: string }[]>> | undefined;
  if (existing === undefined) cluster.apply({ ...fresh, spec: { ...fresh.spec, [list]: [rule] } });
  else if (!existing[list]?.some(({ name }) => name === rule.name))
    cluster.patch(ref, [{ op: 'add', path: `/spec/${list}/-`, value: rule }]);
}

function hostOf(route: string, namespace: string): string {
  return `${route}.${namespace}.example.com`;
}

/** The path by which a spec names the rule, or one closed by a slash, so that no service's path is the beginning of another's. */
function pathOf({ name }: RolloutSpec, route: RouteRef | undefined): string {
  return (route !== undefined && 'httpRoute' in route ? route.path : undefined) ?? `/${name}/`;
}
