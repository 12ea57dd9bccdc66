import type { KubernetesApi, RouteTarget, TrafficRouter } from '../../core/ports.ts';
import type { RouterKind } from '../../core/spec/router-spec.ts';
import { consulDialect } from './consul/consul-dialect.ts';
import { gatewayApiDialect } from './gateway-api/gateway-api-dialect.ts';
import { istioDialect } from './istio/istio-dialect.ts';
import { linkerdDialect } from './linkerd/linkerd-dialect.ts';
import type { RouteDialect } from './route-dialect.ts';
import { createRouteRouter, readNewestFenceOf } from './route-router.ts';

/** One entry per mesh that a spec may name; the schema's kinds and this record must agree, or this does not compile. */
const dialects: Record<RouterKind, RouteDialect> = {
  istio: istioDialect,
  gatewayApi: gatewayApiDialect,
  linkerd: linkerdDialect,
  consul: consulDialect,
};

/** The router of a spec. There is no default: a mesh that nobody wrote an adapter for is refused by the schema. */
export function createRouter(kind: RouterKind, api: KubernetesApi): TrafficRouter {
  return createRouteRouter(api, dialects[kind]);
}

/**
 * The newest fence of the rollout on any of its routes, 0 where there is none. Unlike a router's read, which steps go by, it asks nothing of
 * the rules: a door goes beyond that fence also where somebody has taken a route away, or made it one that cannot be steered.
 *
 * @throws ClusterUnavailableError, ClusterForbiddenError
 */
export function readNewestFence(kind: RouterKind, api: KubernetesApi, target: RouteTarget): Promise<number> {
  return readNewestFenceOf(api, dialects[kind], target);
}

/** How the route of a rollout is edited by hand: for people, when nothing else helps. */
export function editCommand(kind: RouterKind, target: RouteTarget): string {
  const refs = target.routes.map((route) => dialects[kind].refOf(route, target.namespace));
  const commands = refs.map(({ resource, apiVersion, name }) => {
    const [group] = apiVersion.split('/');
    return `kubectl -n ${target.namespace} edit ${resource}.${group} ${name}`;
  });
  return [...new Set(commands)].join(' ; ');
}
