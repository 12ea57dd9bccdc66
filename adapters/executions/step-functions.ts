import * as z from 'zod/mini';
import { AwsUnavailableError, NotFoundError } from '../../core/errors.ts';
import type { Clock, ExecutionStatus, Executions, MachineName } from '../../core/ports.ts';
import type { AwsFailure, AwsJsonApi } from '../aws/json-api.ts';
import { callWithRetry } from '../aws/retry.ts';

export interface StepFunctionsOptions {
  /** The JSON API with the service `states` and the target prefix `AWSStepFunctions`. */
  readonly call: AwsJsonApi;
  /** The ARNs of the state machines; one that names a version or an alias starts that one. */
  readonly machines: Readonly<Record<MachineName, string>>;
  readonly clock: Clock;
  /** Tries of one request in all, 25, 50, 100 ms apart. */
  readonly attempts?: number;
}

const describeOutput = z.object({ status: z.string() });

const statuses: Readonly<Record<string, ExecutionStatus['status']>> = {
  RUNNING: 'running',
  PENDING_REDRIVE: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'stopped',
};

/**
 * Standard executions of Step Functions. AWS answers a second start with the name and the input of an execution that still runs
 * as if it were the first, so `started` can come twice; there is one execution all the same. With another input, or after its
 * end, it is `exists`, for 90 days. All three requests can be repeated, and are, after a lost answer.
 *
 * Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export function createStepFunctionsExecutions({ call, machines, clock, attempts = 4 }: StepFunctionsOptions): Executions {
  const request = (operation: string, input: Readonly<Record<string, unknown>>) =>
    callWithRetry(call, operation, input, { clock, attempts, repeatable: true });

  return {
    async start(machine, name, input) {
      const answer = await request('StartExecution', { stateMachineArn: machines[machine], name, input: JSON.stringify(input) });
      if (answer.status === 'ok') return 'started';
      if (answer.failure.name === 'ExecutionAlreadyExists') return 'exists';
      if (answer.failure.name === 'StateMachineDoesNotExist') throw machineMissing(machine, machines[machine], answer.failure);
      throw unavailable('StartExecution', answer.failure);
    },

    async describe(execution) {
      const executionArn = 'arn' in execution ? execution.arn : executionArnOf(machines[execution.machine], execution.name);
      const answer = await request('DescribeExecution', { executionArn });
      if (answer.status === 'failed') {
        if (answer.failure.name === 'ExecutionDoesNotExist') return { status: 'unknown' };
        throw unavailable('DescribeExecution', answer.failure);
      }
      const output = describeOutput.safeParse(answer.output);
      return {
        status: (output.success && Object.hasOwn(statuses, output.data.status) ? statuses[output.data.status] : undefined) ?? 'unknown',
      };
    },

    async stop(arn, reason) {
      const answer = await request('StopExecution', { executionArn: arn, error: 'Stopped', cause: reason });
      if (answer.status === 'failed' && answer.failure.name !== 'ExecutionDoesNotExist') {
        throw unavailable('StopExecution', answer.failure);
      }
    },
  };
}

/**
 * The ARN of an execution by its name. Names are unique within the machine, whichever version or alias was started, so a
 * qualifier of the machine's ARN is left out.
 *
 * @example executionArnOf('arn:aws:states:eu-west-1:111122223333:stateMachine:rollout:live', 'checkout-7')
 *   // 'arn:aws:states:eu-west-1:111122223333:execution:rollout:checkout-7'
 */
export function executionArnOf(machineArn: string, name: string): string {
  const [arn, partition, service, region, account, , machine] = machineArn.split(':');
  return [arn, partition, service, region, account, 'execution', machine, name].join(':');
}

function machineMissing(machine: MachineName, arn: string, cause: AwsFailure): NotFoundError {
  return new NotFoundError(`The state machine ${machine} (${arn}) does not exist.`, {
    remedy: 'Deploy the controller again, so that its functions know the present ARNs.',
    cause,
  });
}

function unavailable(operation: string, failure: AwsFailure): AwsUnavailableError {
  const remedy = failure.retryable
    ? 'Try again later; the AWS Health Dashboard tells more.'
    : `Check the request, and that the role may do states:${operation} on the machine and its executions.`;
  return new AwsUnavailableError(`Step Functions did not do ${operation}: ${failure.name}, ${failure.message}.`, {
    remedy,
    cause: failure,
  });
}
