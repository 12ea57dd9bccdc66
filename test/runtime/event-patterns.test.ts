import { describe, expect, it } from 'vitest';
import { eventPatterns, executionStatusChange } from '../../runtime/event-patterns.ts';
import { compilePattern } from '../../sandbox/eventbridge/pattern.ts';
import { statusChangeEvent } from '../../sandbox/step-functions/status-change-event.ts';

const machine = 'arn:aws:states:eu-west-1:111122223333:stateMachine:sluice-rollout';
const execution = {
  arn: 'arn:aws:states:eu-west-1:111122223333:execution:sluice-rollout:push-1',
  name: 'push-1',
  machine: 'rollout',
  input: {},
  startedAtMs: 0,
  states: [],
} as const;

describe('the event of an execution that died', () => {
  const dies = compilePattern(executionStatusChange(machine));
  it.each([
    ['failed', machine, true],
    ['timedOut', machine, true],
    ['stopped', machine, true],
    ['running', machine, false],
    ['succeeded', machine, false],
    ['failed', machine.replace('rollout', 'rollback'), false],
    ['failed', machine.replace('sluice', 'other'), false],
  ] as const)('that is %s, of %s: %s', (status, stateMachineArn, matches) => {
    const { detailType, ...event } = statusChangeEvent({ ...execution, status }, stateMachineArn);
    expect(dies({ ...event, 'detail-type': detailType })).toBe(matches);
  });
});

describe('every pattern', () => {
  it.each([...Object.entries(eventPatterns), ['executionStatusChange', executionStatusChange(machine)] as const])(
    '%s stays below the 2,048 characters that EventBridge takes',
    (_, pattern) => {
      expect(JSON.stringify(pattern).length).toBeLessThan(2048);
    },
  );
});
