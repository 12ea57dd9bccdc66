import { type WorstCost, worstCost } from '../analysis/proportion/worst-cost.ts';
import { budgetOf } from '../spec/budget-spec.ts';
import type { ProportionSpec } from '../spec/proportion-spec.ts';
import { isProportion, type RolloutSpec } from '../spec/rollout-spec.ts';
import { settleSeconds } from '../traffic/settle-seconds.ts';
import { leastBakeOf, type Plan, type PlanStep } from './plan.ts';

/** What is not in the spec: the service's traffic, and how it fares today. */
export interface Traffic {
  readonly requestsPerSecond: number;
  /** Stable's share of bad answers. */
  readonly stableShare: number;
}

/** Clumps are reckoned with, as a service has them that is no worse than most. */
const usualDispersion = 2;

/**
 * What a rollout may cost at worst, at each step of the plan: by the first metric that counts answers there, and rolls back, for a threshold says nothing of
 * how soon it notices. A step at which none does costs all that it lasts. Undefined where the spec has none.
 */
export function worstCase(spec: RolloutSpec, plan: Plan, { requestsPerSecond, stableShare }: Traffic): WorstCost[] | undefined {
  const { metrics, falseAlarmLevel, intervalSeconds, budget } = spec.analysis;
  const counting = metrics.filter((of) => isProportion(of)).filter(({ role }) => !role.dryRun);
  const failing = counting.filter(({ role }) => role.critical);
  const [first] = failing;
  if (first === undefined) return undefined;
  return plan.steps.map((step) => {
    if (step.weight === 0) return { badAnswers: 0, canaryShare: stableShare, seconds: 0 };
    const weight = step.weight / plan.totalWeight;
    const stepSeconds = longestSecondsOf(step, plan);
    const judges = failing.find(({ role }) => role.startingStep <= step.index + 1);
    const { margin, allowedAlone, baseline } = judges ?? first;
    return worstCost({
      weight,
      stepSeconds,
      unjudgedSeconds: judges === undefined ? stepSeconds : unjudgedSeconds(judges, step, plan),
      intervalSeconds,
      lagSeconds: settleSeconds,
      requestsPerSecond,
      stableShare,
      margin,
      allowedAlone,
      isAlone: weight >= 1 || baseline === 'none',
      falseAlarmLevel: falseAlarmLevel / counting.length,
      dispersion: usualDispersion,
      budget: budget === undefined ? undefined : budgetOf(budget, requestsPerSecond),
    });
  });
}

/** In doubt, as where a version is on its way to be noticed, a step is baked twice; and a person may take all the time that the pause leaves. */
function longestSecondsOf({ index, bakeSeconds, pause }: PlanStep, { warmUpSeconds = 0 }: Plan): number {
  return (index === 0 ? warmUpSeconds : 0) + 2 * bakeSeconds + (pause?.forSeconds ?? 0);
}

/** A metric's delay begins with the canary's first weight, and a step, at the earliest, when those before it have had their least bakes. */
function unjudgedSeconds({ role }: ProportionSpec, { index }: PlanStep, { steps, warmUpSeconds = 0 }: Plan): number {
  const beganSeconds = index === 0 ? 0 : steps.slice(0, index).reduce((sum, step) => sum + leastBakeOf(step), warmUpSeconds);
  return Math.max(0, role.initialDelaySeconds - beganSeconds);
}
