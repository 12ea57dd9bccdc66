import { type WorstCost, worstCost } from '../analysis/proportion/worst-cost.ts';
import { budgetOf } from '../spec/budget-spec.ts';
import { isProportion, type RolloutSpec } from '../spec/rollout-spec.ts';
import { settleSeconds } from '../traffic/settle-seconds.ts';
import type { Plan } from './plan.ts';

/** What is not in the spec: the service's traffic, and how it fares today. */
export interface Traffic {
  readonly requestsPerSecond: number;
  /** Stable's share of bad answers. */
  readonly stableShare: number;
}

/** Clumps are reckoned with, as a service has them that is no worse than most. */
const usualDispersion = 2;

/**
 * What a rollout may cost at worst, at each step of the plan: by the first metric that counts answers, for a threshold says nothing of how soon it
 * notices. Undefined where the spec has none.
 */
export function worstCase(spec: RolloutSpec, plan: Plan, { requestsPerSecond, stableShare }: Traffic): WorstCost[] | undefined {
  const { metrics, falseAlarmLevel, intervalSeconds, budget } = spec.analysis;
  const counting = metrics.filter((of) => isProportion(of)).filter(({ role }) => !role.dryRun);
  const [first] = counting;
  if (first === undefined) return undefined;
  return plan.steps.map(({ weight, bakeSeconds }) =>
    weight === 0
      ? { badAnswers: 0, canaryShare: stableShare, seconds: 0 }
      : worstCost({
          weight: weight / plan.totalWeight,
          bakeSeconds,
          intervalSeconds,
          lagSeconds: settleSeconds,
          requestsPerSecond,
          stableShare,
          margin: first.margin,
          falseAlarmLevel: falseAlarmLevel / counting.length,
          dispersion: usualDispersion,
          budget: budget === undefined ? undefined : budgetOf(budget, requestsPerSecond),
        }),
  );
}
