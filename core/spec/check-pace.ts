import { quote } from './diagnostic.ts';
import { formatDuration } from './duration.ts';
import type { UnplacedProblem } from './problems-of.ts';
import { isProportion, type RolloutSpec } from './rollout-spec.ts';

/** Refuses a budget that nothing counts against, and a pace by evidence without a budget, or that some metric would never let a step be left by. */
export function checkPace({ pace, analysis: { metrics, budget, intervalSeconds } }: RolloutSpec): UnplacedProblem[] {
  const compares = metrics.some((of) => isProportion(of) && !of.role.dryRun && of.baseline === 'stable');
  const problems: UnplacedProblem[] = [];
  if (budget !== undefined && !compares) {
    const hint = 'bad answers above baseline are counted by successRate and latency: add one of them';
    problems.push({
      code: 'rule',
      path: ['analysis', 'budget'],
      found: 'a budget',
      expected: 'a metric that counts against it',
      hint,
      at: 'key',
    });
  }
  if (pace.kind === 'fixed') return problems;
  if (budget === undefined) {
    const hint = 'say under analysis how many bad answers a rollout may cost, `budget: 500`, or which share of an error budget';
    problems.push({ code: 'rule', path: ['pace'], found: quote('evidence'), expected: 'a budget to go by', hint });
  }
  const [alone] = metrics.flatMap((of, index) => (isProportion(of) && !of.role.dryRun && of.baseline === 'none' ? [index] : []));
  if (alone !== undefined) {
    const hint =
      'what a next step may cost is told by a comparison with stable: leave out baseline, or set dryRun, or let the pace be fixed';
    problems.push({
      code: 'rule',
      path: ['analysis', 'metrics', alone],
      found: 'baseline: none',
      expected: 'a comparison with stable, since the pace is by evidence',
      hint,
    });
  }
  if (pace.minimumBakeSeconds < intervalSeconds) {
    const [found, expected] = [formatDuration(pace.minimumBakeSeconds), `at least ${formatDuration(intervalSeconds)}, the interval`];
    problems.push({ code: 'bakeTooShort', path: ['pace'], found, expected, hint: 'within a shorter bake nothing is measured' });
  }
  return problems;
}
