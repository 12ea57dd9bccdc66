import type { Plan } from '../plan/plan.ts';
import { formatDuration } from './duration.ts';
import type { UnplacedProblem } from './problems-of.ts';
import type { RolloutSpec } from './rollout-spec.ts';

/** Refuses roles that no rollout could play. */
export function checkRoles(spec: RolloutSpec): UnplacedProblem[] {
  return [...checkFails(spec), ...checkFirstStep(spec)];
}

function checkFails({ analysis: { metrics } }: RolloutSpec): UnplacedProblem[] {
  return metrics.flatMap(({ role }, index): UnplacedProblem[] => {
    if (role.fail === undefined || !role.critical) return [];
    const hint = 'add critical: false, or leave out fail: a fail of a critical metric rolls back at once';
    return [
      {
        code: 'rule',
        path: ['analysis', 'metrics', index, 'fail'],
        found: 'a hold for fails',
        expected: 'critical: false beside it',
        hint,
        at: 'key',
      },
    ];
  });
}

/** Refuses a spec of whose metrics none counts at its first step, where no alarm or alert does either: nothing would judge that step (J3). */
function checkFirstStep({ analysis: { metrics, alarms, alerts } }: RolloutSpec): UnplacedProblem[] {
  const path = ['analysis', 'metrics'];
  const judges = alarms.length + alerts.length > 0 || metrics.some(({ role }) => !role.dryRun && role.startingStep === 1);
  if (judges) return [];
  const hint = 'take away dryRun or startingStep from one of them, or add an alarm';
  return [{ code: 'rule', path, found: 'none that counts at the first step', expected: 'a metric that does', hint, at: 'key' }];
}

/** Refuses metrics that no rollout would ever ask: those whose first step there is not, or whose delay outlasts all bakes. */
export function checkBeginnings({ analysis: { metrics } }: RolloutSpec, { steps, warmUpSeconds = 0 }: Plan): UnplacedProblem[] {
  const bakedSeconds = steps.reduce((sum, { bakeSeconds }) => sum + bakeSeconds, warmUpSeconds);
  return metrics.flatMap(({ role: { startingStep, initialDelaySeconds } }, index): UnplacedProblem[] => {
    const path = ['analysis', 'metrics', index];
    if (startingStep > steps.length) {
      const expected = `at most ${steps.length}, the last step`;
      return [{ code: 'outOfRange', path: [...path, 'startingStep'], found: `${startingStep}`, expected }];
    }
    if (initialDelaySeconds < bakedSeconds) return [];
    const found = `a delay of ${formatDuration(initialDelaySeconds)}`;
    const expected = `less than ${formatDuration(bakedSeconds)}, when the last bake is over`;
    const hint = 'it would never be asked: shorten initialDelay, or analysis.warmUp where it has none, or lengthen the bakes';
    return [{ code: 'rule', path, found, expected, hint }];
  });
}
