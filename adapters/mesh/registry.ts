import type { KubernetesApi, RoutePlan, RouteTarget, TrafficRouter } from '../../core/ports.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { routerCapabilities } from '../../core/spec/router-capabilities.ts';
import { type RouterKind, routerKind } from '../../core/spec/router-spec.ts';
import type { InspectObjects, RouteDialect } from './route-dialect.ts';
import { createRouteRouter, readNewestFenceOf } from './route-router.ts';

/**
 * One entry per mesh that a spec may name; the schema's kinds and this record must agree, or this does not compile. Each is imported on
 * use: a rollout has one mesh, and people wait for the abort door.
 */
const dialects: Record<RouterKind, () => Promise<RouteDialect>> = {
  istio: async () => (await import('./istio/istio-dialect.ts')).istioDialect,
  gatewayApi: async () => (await import('./gateway-api/gateway-api-dialect.ts')).gatewayApiDialect,
  linkerd: async () => (await import('./linkerd/linkerd-dialect.ts')).linkerdDialect,
  consul: async () => (await import('./consul/consul-dialect.ts')).consulDialect,
};

/** What inspects the objects of each before a rollout begins. No door does, so that none has it to load. */
const inspectors: Record<RouterKind, () => Promise<InspectObjects>> = {
  istio: async () => (await import('./istio/inspect.ts')).inspectVirtualServices,
  gatewayApi: async () => (await import('./gateway-api/inspect.ts')).inspectGatewayRoutes,
  linkerd: async () => (await import('./linkerd/inspect.ts')).inspectLinkerdRoutes,
  consul: async () => (await import('./consul/inspect.ts')).inspectSplitters,
};

type Inspect = (api: KubernetesApi, target: RouteTarget, plan: RoutePlan) => Promise<Finding[]>;

const loaded = new Map<RouterKind, RouteDialect>();
const loadedInspectors = new Map<RouterKind, Inspect>();

/** Imports all of them, for those who cannot wait for a file later: a virtual clock knows nothing of that. */
export async function loadDialects(): Promise<void> {
  await Promise.all(routerKind.options.flatMap((kind) => [dialectOf(kind), inspectOf(kind)]));
}

/** The router of a spec. There is no default: a mesh that nobody wrote an adapter for is refused by the schema. */
export function createRouter(kind: RouterKind, api: KubernetesApi): TrafficRouter {
  const open = async () => createRouteRouter(api, await dialectOf(kind));
  return {
    capabilities: routerCapabilities[kind],
    read: async (target) => (await open()).read(target),
    inspect: async (target, plan) => (await inspectOf(kind))(api, target, plan),
    write: async (target, write) => (await open()).write(target, write),
    removeCanary: async (target, fence) => (await open()).removeCanary(target, fence),
  };
}

/**
 * The newest fence of the rollout on any of its routes, 0 where there is none. Unlike a router's read, which steps go by, it asks nothing of
 * the rules: a door goes beyond that fence also where somebody has taken a route away, or made it one that cannot be steered.
 *
 * @throws ClusterUnavailableError, ClusterForbiddenError
 */
export async function readNewestFence(kind: RouterKind, api: KubernetesApi, target: RouteTarget): Promise<number> {
  return readNewestFenceOf(api, await dialectOf(kind), target);
}

/** How the route of a rollout is edited by hand: for people, when nothing else helps. */
export async function editCommand(kind: RouterKind, target: RouteTarget): Promise<string> {
  const { refOf } = await dialectOf(kind);
  const commands = target.routes.map((route) => {
    const { resource, apiVersion, name } = refOf(route, target.namespace);
    return `kubectl -n ${target.namespace} edit ${resource}.${apiVersion.split('/')[0]} ${name}`;
  });
  return [...new Set(commands)].join(' ; ');
}

async function dialectOf(kind: RouterKind): Promise<RouteDialect> {
  const known = loaded.get(kind);
  if (known !== undefined) return known;
  const dialect = await dialects[kind]();
  loaded.set(kind, dialect);
  return dialect;
}

async function inspectOf(kind: RouterKind): Promise<Inspect> {
  const known = loadedInspectors.get(kind);
  if (known !== undefined) return known;
  const [dialect, { inspectRoutes }, inspectObjects] = await Promise.all([
    dialectOf(kind),
    import('./inspect-routes.ts'),
    inspectors[kind](),
  ]);
  const inspect: Inspect = (api, target, plan) => inspectRoutes(api, { dialect, inspectObjects }, target, plan);
  loadedInspectors.set(kind, inspect);
  return inspect;
}
