import type { MachineName } from '../../core/ports.ts';

/** One state entered, for those who watch: the demo, the command, the scenarios. */
export interface StateEntered {
  readonly atMs: number;
  readonly state: string;
  readonly type: string;
}

/** An execution as DescribeExecution tells it, and the states that it went through. */
export interface SandboxExecution {
  readonly arn: string;
  readonly name: string;
  readonly machine: MachineName;
  readonly input: unknown;
  readonly startedAtMs: number;
  readonly states: readonly StateEntered[];
  readonly status: 'running' | 'succeeded' | 'failed' | 'timedOut' | 'stopped';
  readonly endedAtMs?: number;
  readonly output?: unknown;
  /** What the Fail state or the error said. */
  readonly error?: string;
  readonly cause?: string;
}

/** What Lambda makes of an error that a handler throws: Step Functions matches the name, and keeps the rest as Cause. */
export function asLambdaError(thrown: unknown): Error {
  const name = thrown instanceof Error ? thrown.name : 'Error';
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const error = new Error(JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
  error.name = name;
  return error;
}
