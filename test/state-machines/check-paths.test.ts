import { describe, expect, it } from 'vitest';
import { checkPaths } from '../../state-machines/lint/check-paths.ts';
import { machineNames, readMachine } from '../../state-machines/lint/read.ts';
import { planted, withState } from './planted.ts';

const choose = (rule: Readonly<Record<string, unknown>>, Next = 'SetWeight') => ({ Choices: [{ ...rule, Next }] });

describe('what the state machines read by JSONPath', () => {
  it.each(machineNames)('is there on every way in %s', (name) => {
    expect(checkPaths(readMachine(name))).toEqual([]);
  });

  it.each([
    ['Bake', { SecondsPath: '$.bakeSeconds' }, 'reads $.bakeSeconds, which not every way to it puts there'],
    ['Bake', { SecondsPath: '$.outcome' }, 'reads $.outcome as a number; it can be a string'],
    ['Bake', { SecondsPath: '$.door.seconds' }, 'reads $.door.seconds, which is neither a top-level field nor a known one of the context'],
    ['IsReady', choose({ Variable: '$.result', StringEquals: 'ready' }), 'reads $.result, which not every way to it puts there'],
    ['IsReady', choose({ Variable: '$.stepIndex', StringEquals: 'ready' }), 'reads $.stepIndex as a string; it can be a number'],
    ['IsReady', choose({ Variable: '$.rollout', NumericEquals: 1 }), 'reads $.rollout as a number; it can be a string'],
    [
      'IsReady',
      choose({ Or: [{ Not: { Variable: '$.result', IsPresent: true } }, { And: [{ Variable: '$.outcome', StringEquals: 'ready' }] }] }),
      'reads $.result, which not every way to it puts there',
    ],
    ['RollbackStarted', { CausePath: '$.reason' }, 'reads $.reason, which not every way to it puts there'],
    ['Begin', { Parameters: { 'input.$': '$.event' } }, 'reads $.event, which not every way to it puts there'],
    [
      'Begin',
      { Parameters: { 'arn.$': '$$.Task.Token' } },
      'reads $$.Task.Token, which is neither a top-level field nor a known one of the context',
    ],
    ['SetWeight', { OutputPath: '$.door' }, 'has OutputPath, which the check of paths does not follow'],
  ])('is missed at %s (%#)', (state, fields, what) => {
    const problems = checkPaths(withState('rollout', state, fields)).filter((problem) => problem.state === state);
    expect(problems.map((problem) => problem.what.replace(/ when the outcome is \w+/, ''))).toContain(what);
  });

  it('is an object, not text, where a Fail comes straight from a Catch', () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'RollbackStarted' }];
    expect(checkPaths(withState('rollout', 'SetWeight', { Catch }))).toEqual([
      { state: 'RollbackStarted', what: 'reads $.error as a string; it can be an object' },
      { state: 'RollbackStarted', what: 'reads $.why, which not every way to it puts there' },
    ]);
  });

  it('is told apart by what Begin came to', () => {
    const changed = planted('rollout', ({ States }) => {
      for (const rule of States['HasBegun']?.Choices ?? []) if (rule.Next === 'NothingToDo') rule.Next = 'AwaitTurn';
    });
    const what = 'reads $.waitSeconds, which not every way to it puts there when the outcome is ignored';
    expect(checkPaths(changed)).toContainEqual({ state: 'AwaitTurn', what });
  });

  it('is the payload at each Task that is given no Parameters', () => {
    const changed = withState('rollout', 'HasBegun', { Default: 'DeployCanary', Choices: [] });
    expect(checkPaths(changed)).toContainEqual({
      state: 'DeployCanary',
      what: expect.stringMatching(/^takes the payload, but a way to it brings none: .*\bfence\b.* can be missing$/),
    });
  });
});
