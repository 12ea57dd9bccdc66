import { planRollout } from '../plan/plan.ts';
import { formatDuration } from './duration.ts';
import type { UnplacedProblem } from './problems-of.ts';
import { isMannWhitney, type RolloutSpec } from './rollout-spec.ts';

/** Refuses a comparison of samples that would have too few of them at the end of the first step that it judges. */
export function checkSamples(spec: RolloutSpec): UnplacedProblem[] {
  const { steps } = planRollout(spec);
  return spec.analysis.metrics.flatMap((metric, index): UnplacedProblem[] => {
    if (!isMannWhitney(metric)) return [];
    const { samples, everySeconds } = metric.mannWhitney;
    const { startingStep, initialDelaySeconds } = metric.role;
    const bakedSeconds = steps.slice(0, startingStep).reduce((sum, { bakeSeconds }) => sum + bakeSeconds, 0) - initialDelaySeconds;
    if (bakedSeconds >= samples * everySeconds) return [];
    const expected = `at least ${formatDuration(samples * everySeconds)} of bakes before its first judgement, for ${samples} values`;
    const hint = 'let it judge from a later step on (startingStep), or ask for values more often (every)';
    const found = formatDuration(Math.max(0, bakedSeconds));
    return [{ code: 'bakeTooShort', path: ['analysis', 'metrics', index, 'mannWhitney'], found, expected, hint, at: 'key' }];
  });
}
