import type { KubernetesApi, TrafficRouter } from '../../core/ports.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { createIstioRouter } from './istio/router.ts';

/** One entry per mesh that a spec may name; the schema's enum and this record must agree, or this does not compile. */
const routers: Record<RolloutSpec['router']['kind'], (api: KubernetesApi) => TrafficRouter> = {
  istio: createIstioRouter,
};

/** The router of a spec. There is no default: a mesh that nobody wrote an adapter for is refused by the schema. */
export function createRouter(kind: RolloutSpec['router']['kind'], api: KubernetesApi): TrafficRouter {
  return routers[kind](api);
}
