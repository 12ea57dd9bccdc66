import type { EventEntry } from '../eventbridge/bus-event.ts';
import type { SandboxExecution } from './execution.ts';

const statuses = { running: 'RUNNING', succeeded: 'SUCCEEDED', failed: 'FAILED', timedOut: 'TIMED_OUT', stopped: 'ABORTED' } as const;

/**
 * What Step Functions tells EventBridge as an execution begins and ends. Neither error nor cause stands in it as long as it has not
 * failed, was stopped or ran out of time; input and output are JSON as text.
 *
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export function statusChangeEvent(execution: SandboxExecution, stateMachineArn: string): EventEntry {
  const { arn, name, status, input, output, startedAtMs, endedAtMs, error, cause } = execution;
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  return {
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    resources: [arn],
    detail: {
      executionArn: arn,
      stateMachineArn,
      name,
      status: statuses[status],
      startDate: Math.round(startedAtMs),
      stopDate: endedAtMs === undefined ? null : Math.round(endedAtMs),
      input: json(input),
      output: json(output),
      inputDetails: { included: true },
      outputDetails: output === undefined ? null : { included: true },
      error: error ?? null,
      cause: cause ?? null,
    },
  };
}
