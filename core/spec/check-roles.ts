import type { UnplacedProblem } from './problems-of.ts';
import type { RolloutSpec } from './rollout-spec.ts';

/** Refuses roles that no rollout could play. */
export function checkRoles(spec: RolloutSpec): UnplacedProblem[] {
  return [...checkFails(spec), ...checkSteps(spec)];
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
function checkSteps({ analysis: { metrics, alarms, alerts }, steps }: RolloutSpec): UnplacedProblem[] {
  const path = ['analysis', 'metrics'];
  if (Array.isArray(steps)) {
    const beyond = metrics.findIndex(({ role }) => role.startingStep > steps.length);
    const startingStep = metrics[beyond]?.role.startingStep;
    if (startingStep !== undefined) {
      return [
        {
          code: 'outOfRange',
          path: [...path, beyond, 'startingStep'],
          found: `${startingStep}`,
          expected: `at most ${steps.length}, the last step`,
        },
      ];
    }
  }
  const judges = alarms.length + alerts.length > 0 || metrics.some(({ role }) => !role.dryRun && role.startingStep === 1);
  if (judges) return [];
  const hint = 'take away dryRun or startingStep from one of them, or add an alarm';
  return [{ code: 'rule', path, found: 'none that counts at the first step', expected: 'a metric that does', hint, at: 'key' }];
}
