import { describe, expect, it } from 'vitest';
import { errorClasses } from '../../../core/errors.ts';
import { phase, rollbackReason } from '../../../core/rollout/record.ts';
import { goalPastPointOfNoReturn, isTurnedByAlarm, rollbackReasonOf, triedAfresh } from '../../../core/rollout/rollback-reason.ts';
import { recordOf } from './rollout-for-tests.ts';

describe('the reason for a rollback that an error caused', () => {
  it.each([
    ['DeadlineExceededError', 'timeout'],
    ['States.Timeout', 'timeout'],
    ['FencedError', 'drift'],
    ['ClusterUnavailableError', 'error'],
    ['States.TaskFailed', 'error'],
    ['TypeError', 'error'],
    ['', 'error'],
  ])('%s is %s', (name, reason) => {
    expect(rollbackReasonOf(name)).toBe(reason);
  });

  it('is one that the record takes, for every named error', () => {
    for (const ErrorClass of errorClasses) {
      const { name } = new ErrorClass('It happened.', { remedy: 'Mend it.' });
      expect(rollbackReason.options).toContain(rollbackReasonOf(name));
    }
  });
});

describe('O3: what a rollback past the point of no return ends with', () => {
  it.each([
    ['error', 'promoted'],
    ['timeout', 'promoted'],
    ['superseded', 'promoted'],
    ['alarm', 'restored'],
    ['analysis', 'restored'],
    ['inconclusive', 'restored'],
    ['abort', 'restored'],
    ['drift', 'restored'],
  ] as const)('for the reason %s: %s', (reason, goal) => {
    expect(goalPastPointOfNoReturn(reason)).toBe(goal);
  });
});

describe('O3: an alarm during a rollback', () => {
  const finishing = { phase: 'rollingBack', pointOfNoReturnAtMs: 1, rollbackReason: 'timeout' } as const;
  it.each([
    ['turns one round that finishes a promotion', finishing, true],
    ['leaves one that restores the old image already', { ...finishing, rollbackReason: 'abort' } as const, false],
    ['leaves one from before the point of no return', { ...finishing, pointOfNoReturnAtMs: undefined }, false],
    ['does not speak of a rollout that is not rolled back', { ...finishing, phase: 'promoting' } as const, false],
  ])('%s', (_, record, turned) => {
    expect(isTurnedByAlarm(record)).toBe(turned);
  });
});

it.each(phase.options)('W2: a rollback of a rollout that is %s has the time that it had, unless it had failed', (present) => {
  const record = recordOf({ phase: present, returnUntilMs: 5 });
  expect(triedAfresh(record)).toEqual(present === 'failed' ? recordOf({ phase: present }) : record);
});
