import type { KubernetesApi, RouteTarget, TrafficRouter } from '../../core/ports.ts';
import { routerCapabilities } from '../../core/spec/router-capabilities.ts';
import { type RouterKind, routerKind } from '../../core/spec/router-spec.ts';
import { oncePerMesh } from './once-per-mesh.ts';
import type { Written } from './outside-edits.ts';
import type { RouteDialect } from './route-dialect.ts';
import { createRouteRouter, readNewestFenceOf } from './route-router.ts';
import type { Patience } from './until-settled.ts';

const dialectOf = oncePerMesh<RouteDialect>({
  istio: async () => (await import('./istio/istio-dialect.ts')).istioDialect,
  gatewayApi: async () => (await import('./gateway-api/gateway-api-dialect.ts')).gatewayApiDialect,
  linkerd: async () => (await import('./linkerd/linkerd-dialect.ts')).linkerdDialect,
  consul: async () => (await import('./consul/consul-dialect.ts')).consulDialect,
});

/** Imports all of them, for those who cannot wait for a file later: a virtual clock knows nothing of that. */
export async function loadDialects(): Promise<void> {
  await Promise.all([
    ...routerKind.options.map(dialectOf),
    import('./inspectors.ts').then(({ inspectorOf }) => Promise.all(routerKind.options.map(inspectorOf))),
    import('./outside-edits.ts').then(({ finderOf }) => Promise.all(routerKind.options.map(finderOf))),
    import('./remove-canary.ts'),
    import('./until-settled.ts'),
    import('./write-less.ts'),
  ]);
}

/**
 * The router of a spec. There is no default: a mesh that nobody wrote an adapter for is refused by the schema.
 *
 * @param patience how long a write that sends the canary requests waits until the route's controllers have accepted it. Left out, not at all
 *   but for a few reads.
 */
export function createRouter(kind: RouterKind, api: KubernetesApi, patience?: Patience): TrafficRouter {
  const open = async () => createRouteRouter(api, await dialectOf(kind), patience);
  return {
    capabilities: routerCapabilities[kind],
    read: async (target) => (await open()).read(target),
    // No door inspects, so that none has this to load.
    inspect: async (target, plan) => (await import('./inspectors.ts')).inspect(kind, api, await dialectOf(kind), target, plan),
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

/**
 * What somebody else has undone of what a step made in the routes besides weights, as sentences: rules that send matched users to the canary or
 * keep users on a side, their cookie, and the mirror. Weights and fences are told by reading the routes. A rollout looks at this between two writes.
 *
 * @throws RouteRejectedError where a route's rule is missing or ambiguous.
 * @throws ClusterUnavailableError, ClusterForbiddenError
 */
export async function findOutsideEdits(kind: RouterKind, api: KubernetesApi, target: RouteTarget, written: Written): Promise<string[]> {
  const { findEdits } = await import('./outside-edits.ts');
  return findEdits(kind, api, await dialectOf(kind), target, written);
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
