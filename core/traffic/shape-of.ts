import type { Plan, PlanStep } from '../plan/plan.ts';
import type { RoutePlan } from '../ports.ts';
import type { RolloutSpec } from '../spec/rollout-spec.ts';
import type { TrafficShape } from './shape.ts';

/**
 * What stands on the routes besides the split at a step of a rollout. Matched users and users who stay are there from the first step with a
 * weight on: a canary whose requests are only mirrored answers nobody.
 */
export function shapeOf({ router, resilience }: Pick<RolloutSpec, 'router' | 'resilience'>, step: PlanStep | undefined): TrafficShape {
  const mirrored = step?.mirrorWeight !== undefined;
  const { outlierDetection: _, ...ofRequests } = resilience ?? {};
  return {
    ...(mirrored || router.match.length === 0 ? {} : { match: router.match }),
    ...(mirrored || router.affinity === undefined ? {} : { affinity: router.affinity }),
    ...(mirrored ? { mirrorWeight: step.mirrorWeight } : {}),
    ...(Object.keys(ofRequests).length === 0 ? {} : { resilience: ofRequests }),
  };
}

/** All that a rollout is going to write on its routes: what is inspected before it begins. */
export function routePlanOf(spec: Pick<RolloutSpec, 'router' | 'resilience'>, { steps }: Pick<Plan, 'steps'>): RoutePlan {
  return { weights: steps.map(({ weight }) => weight), shapes: steps.map((step) => shapeOf(spec, step)) };
}
