import type { KubernetesApi, RouteTarget, TrafficRouter } from '../../core/ports.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { createIstioRouter, readNewestIstioFence } from './istio/router.ts';

export type RouterKind = RolloutSpec['router']['kind'];

/** One entry per mesh that a spec may name; the schema's enum and this record must agree, or this does not compile. */
const routers: Record<RouterKind, (api: KubernetesApi) => TrafficRouter> = {
  istio: createIstioRouter,
};

const fenceReaders: Record<RouterKind, (api: KubernetesApi, target: RouteTarget) => Promise<number>> = {
  istio: readNewestIstioFence,
};

/** The router of a spec. There is no default: a mesh that nobody wrote an adapter for is refused by the schema. */
export function createRouter(kind: RouterKind, api: KubernetesApi): TrafficRouter {
  return routers[kind](api);
}

/**
 * The newest fence of the rollout on any of its routes, 0 where there is none. Unlike a router's read, which steps go by, it asks nothing of
 * the rules: a door goes beyond that fence also where somebody has taken a route away, or made it one that cannot be steered.
 *
 * @throws ClusterUnavailableError, ClusterForbiddenError
 */
export function readNewestFence(kind: RouterKind, api: KubernetesApi, target: RouteTarget): Promise<number> {
  return fenceReaders[kind](api, target);
}
