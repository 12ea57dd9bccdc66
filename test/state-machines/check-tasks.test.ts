import { describe, expect, it } from 'vitest';
import { leaseSeconds } from '../../adapters/store/rollouts.ts';
import { longestWatchSeconds } from '../../core/plan/tick.ts';
import { fatal, retryPolicy } from '../../state-machines/lint/check-error-names.ts';
import { checkTasks } from '../../state-machines/lint/check-tasks.ts';
import { tasksOf } from '../../state-machines/lint/machine.ts';
import { machineNames, readMachine } from '../../state-machines/lint/read.ts';
import { retryWith, withState } from './planted.ts';

const arnOf = (name: string) => `\${${name}FunctionArn}`;
const to = (Next: string, ResultPath: string | undefined = '$.error') => [{ ErrorEquals: ['States.ALL'], ResultPath, Next }];

describe('the Tasks of the state machines', () => {
  it.each(machineNames)('hold in %s', (name) => {
    expect(checkTasks(readMachine(name))).toEqual([]);
  });

  it.each([
    ['no comment', { Comment: undefined }, 'has no Comment'],
    ['an empty comment', { Comment: ' ' }, 'has no Comment'],
    [
      "another Task's function",
      { Resource: arnOf('Begin') },
      `calls ${arnOf('Begin')}; a Task calls the function of its own name, ${arnOf('SetWeight')}`,
    ],
    ['no time limit', { TimeoutSeconds: undefined }, 'has no TimeoutSeconds'],
    [
      'a heartbeat that is too slow to be missed',
      { HeartbeatSeconds: 60 },
      'has a HeartbeatSeconds of 60, which is not below its TimeoutSeconds of 60',
    ],
    ['no Retry', { Retry: undefined }, 'has 0 entries in Retry; it is to have 2'],
    ['two Retry entries', { Retry: [...retryWith({}), ...retryWith({})] }, 'has 4 entries in Retry; it is to have 2'],
    [
      'a Retry of its own',
      { Retry: retryWith({ ErrorEquals: retryPolicy.toReversed() }) },
      'has a Retry list of its own; all Tasks name the same errors in the same order',
    ],
    ['no jitter', { Retry: retryWith({ JitterStrategy: 'NONE' }) }, 'retries without jitter: JitterStrategy is to be FULL'],
    ['an unbounded back-off', { Retry: retryWith({ MaxDelaySeconds: undefined }) }, 'retries without MaxDelaySeconds'],
    ['no Catch', { Catch: undefined }, 'does not catch States.ALL'],
    ['a Catch of one error only', { Catch: [{ ...to('Abort')[0], ErrorEquals: ['FencedError'] }] }, 'does not catch States.ALL'],
    [
      'a Catch that loses the payload',
      { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Abort' }] },
      'catches into $, over its input; the door reads $.error',
    ],
    ['a Catch into another field', { Catch: to('Abort', '$.problem') }, 'catches into $.problem; the door reads $.error'],
  ])('do not hold with %s', (_, fields, what) => {
    expect(checkTasks(withState('rollout', 'SetWeight', fields))).toEqual([{ state: 'SetWeight', what }]);
  });

  it.each([
    ['rollout', 'Abort'],
    ['rollback', 'RestoreTraffic'],
    ['rollback', 'FailRollback'],
  ] as const)('hold in %s only where %s is called again after a crash and a time-out, and not after a fatal error', (machine, state) => {
    const Retry = readMachine(machine).definition.States[state]?.Retry ?? [];
    const [room, named, apart, unnamed] = Retry;
    const whats = (entries: readonly unknown[]) => checkTasks(withState(machine, state, { Retry: entries })).map(({ what }) => what);
    expect(whats([room, named])).toEqual(['has 2 entries in Retry; it is to have 4']);
    const setsApart = 'does not set every fatal error apart, with a MaxAttempts of 0, before it tries all others again';
    expect(whats([room, named, { ...apart, MaxAttempts: 1 }, unnamed])).toEqual([setsApart]);
    expect(whats([room, named, { ...apart, ErrorEquals: fatal.slice(1) }, unnamed])).toEqual([setsApart]);
    const last = 'does not try States.ALL again last, with a MaxAttempts of 3';
    expect(whats([room, named, apart, { ...unnamed, MaxAttempts: 0 }])).toEqual([last]);
    expect(whats([room, named, apart, { ...unnamed, ErrorEquals: ['States.TaskFailed'] }])).toEqual([last]);
    const jitter = 'retries without jitter: JitterStrategy is to be FULL';
    expect(whats([room, named, apart, { ...unnamed, JitterStrategy: 'NONE' }])).toEqual([jitter]);
  });

  it('hold only where they wait for room in Lambda, before and apart from all that can pass otherwise', () => {
    const Retry = readMachine('rollout').definition.States['Begin']?.Retry ?? [];
    const [room, named] = Retry;
    const whats = (entries: readonly unknown[]) => checkTasks(withState('rollout', 'Begin', { Retry: entries })).map(({ what }) => what);
    expect(whats([room, named])).toEqual([]);
    expect(whats([named, named])).toEqual(['does not try Lambda.TooManyRequestsException again first, apart from the others']);
    expect(whats([{ ...room, JitterStrategy: 'NONE' }, named])).toEqual(['retries without jitter: JitterStrategy is to be FULL']);
  });

  it('let whoever holds a service have room before one that begins, and for no longer than its lease', () => {
    const { States } = readMachine('rollout').definition;
    const meanWaitSeconds = (name: string) => {
      const { MaxAttempts = 0, IntervalSeconds = 0, BackoffRate = 0, MaxDelaySeconds = 0 } = States[name]?.Retry?.[0] ?? {};
      const longest = Array.from({ length: MaxAttempts }, (_, attempt) =>
        Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** attempt),
      );
      return longest.reduce((sum, seconds) => sum + seconds, 0) / 2;
    };
    const others = tasksOf(readMachine('rollout')).flatMap(([name]) => (name === 'Begin' ? [] : [meanWaitSeconds(name)]));
    expect(Math.max(...others)).toBeLessThan(leaseSeconds);
    expect(meanWaitSeconds('Begin')).toBeGreaterThan(10 * leaseSeconds);
  });

  it.each([
    ['rollout', 'SetWeight', 'Finish', 'Abort'],
    ['rollout', 'Begin', 'Abort', 'TellRefusal'],
    ['rollout', 'TellRefusal', 'HasBegun', 'Abort'],
    ['rollout', 'Abort', 'Abort', 'AbortFailed'],
    ['rollback', 'RestoreTraffic', 'Drain', 'FailRollback'],
    ['rollback', 'RemoveCanary', 'FailRollback', 'FinishRollback'],
    ['rollback', 'FailRollback', 'FailRollback', 'RollbackFailed'],
  ] as const)('do not hold when %s leaves %s for %s', (name, state, wrong, right) => {
    const what = `leads to ${wrong} when it fails; it is to lead to ${right}`;
    expect(checkTasks(withState(name, state, { Catch: to(wrong) }))).toEqual([{ state, what }]);
  });

  it('give RunAnalysis more time than it may watch', () => {
    const what = `may take ${longestWatchSeconds} s, but watches up to ${longestWatchSeconds} s`;
    expect(checkTasks(withState('rollout', 'RunAnalysis', { TimeoutSeconds: longestWatchSeconds }))).toEqual([
      { state: 'RunAnalysis', what },
    ]);
  });
});
