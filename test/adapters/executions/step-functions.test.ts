import { describe, expect, it } from 'vitest';
import type { AwsJsonApi } from '../../../adapters/aws/json-api.ts';
import { createStepFunctionsExecutions, executionArnOf } from '../../../adapters/executions/step-functions.ts';
import { AwsUnavailableError, NotFoundError } from '../../../core/errors.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { executionsContract } from '../../contract/executions.ts';

const prefix = 'arn:aws:states:eu-west-1:111122223333';
const machines = { rollout: `${prefix}:stateMachine:rollout:live`, rollback: `${prefix}:stateMachine:rollback` };

interface Execution {
  readonly input: unknown;
  status: string;
  stoppedBy?: unknown;
}

/** The three operations as AWS documents them. A name in `failures` fails the next request. */
function createFakeStepFunctions() {
  const executions = new Map<unknown, Execution>();
  const failures: string[] = [];
  const requests: string[] = [];
  const refuse = (name: string, refused = true) => ({
    status: 'failed' as const,
    failure: { name, message: 'as the test wishes', retryable: !refused || name === 'ThrottlingException', refused, details: {} },
  });

  const call: AwsJsonApi = async (operation, input) => {
    requests.push(operation);
    const failure = failures.shift();
    if (failure !== undefined) return refuse(failure, failure !== 'NetworkError');
    if (operation === 'StartExecution') {
      const arn = executionArnOf(String(input['stateMachineArn']), String(input['name']));
      const present = executions.get(arn);
      if (present !== undefined && (present.status !== 'RUNNING' || present.input !== input['input']))
        return refuse('ExecutionAlreadyExists');
      if (present === undefined) executions.set(arn, { input: input['input'], status: 'RUNNING' });
      return { status: 'ok', output: { executionArn: arn, startDate: 1_767_582_000.5 } };
    }
    const execution = executions.get(input['executionArn']);
    if (execution === undefined) return refuse('ExecutionDoesNotExist');
    if (operation === 'DescribeExecution') return { status: 'ok', output: { status: execution.status } };
    if (operation !== 'StopExecution') throw new Error(`The fake Step Functions does not know ${operation}.`);
    execution.status = 'ABORTED';
    execution.stoppedBy = { error: input['error'], cause: input['cause'] };
    return { status: 'ok', output: { stopDate: 1_767_582_000.5 } };
  };
  return { call, executions, failures, requests };
}

const setUp = () => {
  const fake = createFakeStepFunctions();
  return { fake, executions: createStepFunctionsExecutions({ call: fake.call, machines, clock: new VirtualClock() }) };
};

executionsContract('Step Functions', () => {
  const { fake, executions } = setUp();
  const apiNames = { succeeded: 'SUCCEEDED', failed: 'FAILED', timedOut: 'TIMED_OUT' };
  return {
    executions,
    arnOf: (machine, name) => executionArnOf(machines[machine], name),
    end: (machine, name, status) => {
      const execution = fake.executions.get(executionArnOf(machines[machine], name));
      if (execution !== undefined) execution.status = apiNames[status];
    },
  };
});

describe('the executions of Step Functions', () => {
  it.each([
    [machines.rollout, `${prefix}:execution:rollout:checkout-7`],
    [machines.rollback, `${prefix}:execution:rollback:checkout-7`],
    ['arn:aws-cn:states:cn-north-1:111122223333:stateMachine:r', 'arn:aws-cn:states:cn-north-1:111122223333:execution:r:checkout-7'],
  ])('of the machine %s are found by their names', (machineArn, executionArn) => {
    expect(executionArnOf(machineArn, 'checkout-7')).toBe(executionArn);
  });

  it.each([
    ['RUNNING', 'running'],
    ['PENDING_REDRIVE', 'running'],
    ['SUCCEEDED', 'succeeded'],
    ['FAILED', 'failed'],
    ['TIMED_OUT', 'timedOut'],
    ['ABORTED', 'stopped'],
    ['A_NEW_ONE', 'unknown'],
  ])('that are %s read as %s', async (apiStatus, status) => {
    const { fake, executions } = setUp();
    fake.executions.set('arn', { input: '{}', status: apiStatus });
    expect(await executions.describe({ arn: 'arn' })).toEqual({ status });
  });

  it('carry the reason for which they were stopped', async () => {
    const { fake, executions } = setUp();
    await executions.start('rollback', 'checkout-7-1', { fence: 7 });
    const arn = executionArnOf(machines.rollback, 'checkout-7-1');
    await executions.stop(arn, 'superseded by checkout-8');
    expect(fake.executions.get(arn)).toEqual({
      input: '{"fence":7}',
      status: 'ABORTED',
      stoppedBy: { error: 'Stopped', cause: 'superseded by checkout-8' },
    });
  });

  it('start once though the network fails at first', async () => {
    const { fake, executions } = setUp();
    fake.failures.push('NetworkError', 'ThrottlingException', 'NetworkError');
    expect(await executions.start('rollout', 'checkout-7', {})).toBe('started');
    expect(fake.requests).toHaveLength(4);
  });

  it('are unavailable after four tries, or at once where trying again cannot help', async () => {
    const { fake, executions } = setUp();
    fake.failures.push('NetworkError', 'NetworkError', 'NetworkError', 'NetworkError');
    await expect(executions.describe({ arn: 'arn' })).rejects.toThrow(AwsUnavailableError);
    expect(fake.requests).toHaveLength(4);
    fake.failures.push('AccessDeniedException');
    await expect(executions.stop('arn', 'why')).rejects.toThrow('the role may do states:StopExecution');
    expect(fake.requests).toHaveLength(5);
  });

  it('are not found where the machine does not exist', async () => {
    const { fake, executions } = setUp();
    fake.failures.push('StateMachineDoesNotExist');
    const start = executions.start('rollback', 'checkout-7-1', {});
    await expect(start).rejects.toThrow(NotFoundError);
    await expect(start).rejects.toThrow(machines.rollback);
  });
});
