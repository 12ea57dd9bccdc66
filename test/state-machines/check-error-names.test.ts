import { describe, expect, it } from 'vitest';
import { errorClasses } from '../../core/errors.ts';
import { checkErrorNames, retryPolicy } from '../../state-machines/lint/check-error-names.ts';
import { machineNames, readMachine } from '../../state-machines/lint/read.ts';
import { retryWith, withState } from './planted.ts';

const all = { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Abort' };

describe('the names of errors in the state machines', () => {
  it.each(machineNames)('hold in %s', (name) => {
    expect(checkErrorNames(readMachine(name))).toEqual([]);
  });

  it('are retried exactly where trying again can help', () => {
    const errors = errorClasses.map((ErrorClass) => new ErrorClass('It failed.', { remedy: 'Mend it.' }));
    expect(retryPolicy.filter((name) => !name.startsWith('Lambda.'))).toEqual(errors.filter((e) => e.retryable).map((e) => e.name));
  });

  it.each([
    [
      'a name with a slip',
      { Retry: retryWith({ ErrorEquals: [...retryPolicy, 'ClusterUnavailable'] }) },
      ['names the error ClusterUnavailable, which nothing throws'],
    ],
    [
      'an unknown name of Step Functions',
      { Catch: [{ ...all, ErrorEquals: ['States.Timedout'] }, all] },
      ['names the error States.Timedout, which nothing throws'],
    ],
    [
      'an unknown name of Lambda',
      { Catch: [{ ...all, ErrorEquals: ['Lambda.OutOfMemory'] }, all] },
      ['names the error Lambda.OutOfMemory, which nothing throws'],
    ],
    [
      'a catch of what nothing can catch',
      { Catch: [{ ...all, ErrorEquals: ['States.Runtime'] }, all] },
      ['names the error States.Runtime, which nothing throws'],
    ],
    [
      'States.ALL beside others',
      { Catch: [{ ...all, ErrorEquals: ['States.ALL', 'FencedError'] }] },
      ['has States.ALL beside other names in Catch; it must stand alone'],
    ],
    [
      'States.ALL first',
      { Catch: [all, { ...all, ErrorEquals: ['FencedError'] }] },
      ['has States.ALL before other entries of Catch; it must stand last'],
    ],
    [
      'a fatal error retried',
      { Retry: retryWith({ ErrorEquals: [...retryPolicy, 'FencedError'] }) },
      ['retries FencedError, which is fatal'],
    ],
    ['a retryable error left out', { Retry: retryWith({ ErrorEquals: retryPolicy.slice(1) }) }, ['does not retry ClusterUnavailableError']],
    [
      'a retry of every time-out',
      { Retry: retryWith({ ErrorEquals: [...retryPolicy, 'States.Timeout'] }) },
      ['retries States.Timeout, which is not in the policy'],
    ],
  ])('do not hold with %s', (_, fields, expected) => {
    expect(checkErrorNames(withState('rollout', 'SetWeight', fields))).toEqual(expected.map((what) => ({ state: 'SetWeight', what })));
  });

  it('do not hold with States.ALL in a Retry of several entries', () => {
    const Retry = [...retryWith({ ErrorEquals: ['States.ALL'] }), ...retryWith({})];
    const whats = checkErrorNames(withState('rollout', 'SetWeight', { Retry })).map(({ what }) => what);
    expect(whats).toEqual(['has States.ALL before other entries of Retry; it must stand last']);
  });
});
