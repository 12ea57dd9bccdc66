import { fillQuery } from '../analysis/query-template.ts';
import { queryWindowSeconds } from '../analysis/query-window.ts';
import { leastBakeOf, type Plan } from '../plan/plan.ts';
import { formatDuration } from './duration.ts';
import type { MannWhitneySpec } from './mann-whitney-spec.ts';
import type { UnplacedProblem } from './problems-of.ts';
import { isMannWhitney, type RolloutSpec } from './rollout-spec.ts';

/**
 * Refuses a comparison of samples that would have too few of them when the first step that it judges may end: each value is of a moment at which its query
 * looks back over this canary alone.
 */
export function checkSamples({ pace, analysis: { metrics, intervalSeconds } }: RolloutSpec, plan: Plan): UnplacedProblem[] {
  return metrics.flatMap((metric, index): UnplacedProblem[] => {
    if (!isMannWhitney(metric)) return [];
    const { samples, everySeconds } = metric.mannWhitney;
    const windowSeconds = windowOf(metric, intervalSeconds);
    const neededSeconds = (samples - 1) * everySeconds + windowSeconds;
    const bakedSeconds = bakedBefore(metric, plan);
    if (bakedSeconds >= neededSeconds) return [];
    const ofQueries = windowSeconds === 0 ? '' : `, of queries that look back ${formatDuration(windowSeconds)}`;
    const values = `${samples} values, ${formatDuration(everySeconds)} apart${ofQueries}`;
    const expected = `at least ${formatDuration(neededSeconds)} of bakes before its first judgement: ${values}`;
    const sooner = 'let it judge from a later step on (startingStep), or ask for values more often (every)';
    const hint = pace.kind === 'evidence' ? `${sooner}, or raise minimumBake: a step of this pace may end as soon` : sooner;
    const found = formatDuration(Math.max(0, bakedSeconds));
    return [{ code: 'bakeTooShort', path: ['analysis', 'metrics', index, 'mannWhitney'], found, expected, hint, at: 'key' }];
  });
}

/** From the end of its delay to the earliest end of its first step: while all metrics wait, nothing bakes. */
function bakedBefore({ role: { startingStep, initialDelaySeconds } }: MannWhitneySpec, { steps, warmUpSeconds = 0 }: Plan): number {
  return steps.slice(0, startingStep).reduce((sum, step) => sum + leastBakeOf(step), warmUpSeconds) - initialDelaySeconds;
}

/** Names in a query are no ranges, whatever they are. */
function windowOf({ mannWhitney: { canary, baseline } }: MannWhitneySpec, intervalSeconds: number): number {
  const names = { canary: '', stable: '', canaryWorkload: '', stableWorkload: '', namespace: '', intervalSeconds };
  return Math.max(...[canary, baseline].map((query) => queryWindowSeconds(fillQuery(query, names))));
}
