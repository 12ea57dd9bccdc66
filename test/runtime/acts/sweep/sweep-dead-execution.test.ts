import { describe, expect, it } from 'vitest';
import { sweepDeadExecution } from '../../../../runtime/acts/sweep/sweep-dead-execution.ts';
import { nameOf, runningRollouts } from './running-rollouts.ts';

const detail = (executionArn: string, status: 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'SUCCEEDED') => ({
  ...{ executionArn, status, name: 'n', startDate: 0 },
  stateMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:rollout',
});

describe('the event of an execution that died', () => {
  it.each([
    ['FAILED', 'error'],
    ['TIMED_OUT', 'timeout'],
    ['ABORTED', 'abort'],
  ] as const)('%s: its own rollout is rolled back at once, though Step Functions may still call it running', async (status, reason) => {
    const { deps, rollouts, executions, phaseOf, arnOf } = await runningRollouts(5);
    expect(await sweepDeadExecution(deps, detail(arnOf(nameOf(3)), status))).toEqual({ 'service-0003-000001': 'aborted' });
    expect(executions.described).toEqual([]);
    expect((await rollouts.list(nameOf(3))).at(-1)).toMatchObject({ phase: 'rollingBack', rollbackReason: reason });
    expect(await phaseOf(2)).toBe('progressing');
  });

  it('comes twice: one effect', async () => {
    const { deps, rollouts, arnOf } = await runningRollouts(1);
    const event = detail(arnOf(nameOf(0)), 'FAILED');
    await sweepDeadExecution(deps, event);
    const once = (await rollouts.list(nameOf(0))).at(-1);
    await sweepDeadExecution(deps, event);
    expect((await rollouts.list(nameOf(0))).at(-1)).toEqual(once);
  });

  it.each([
    ['an execution that holds no service', 'refused-1', 'FAILED'],
    ['an execution that has come to its end', nameOf(0), 'SUCCEEDED'],
  ] as const)('changes nothing for %s', async (_, name, status) => {
    const { deps, phaseOf, arnOf } = await runningRollouts(1);
    expect(await sweepDeadExecution(deps, detail(arnOf(name), status))).toEqual({});
    expect(await phaseOf(0)).toBe('progressing');
  });
});
