import { readFileSync } from 'node:fs';

/** Tries of one request to DynamoDB or Step Functions in all; adapters/store/dynamodb.ts and adapters/executions/step-functions.ts have the same. */
export const storeAttempts = 4;

/** The pace that runtime/providers/alarms.ts gives the sweep. */
export const alarmCallsPerSecond = 6;

/** Tries of one request to CloudWatch for metrics in all, as adapters/metrics/cloudwatch-metrics.ts has it. */
export const cloudWatchAttempts = 2;

/** The SDK's standard mode. Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
export const sdkAttempts = 3;

/** Full jitter up to a bound that doubles, from 500 ms for a throttled request. */
export function sdkBackoffMs(attempt: number, random: number): number {
  return random * Math.min(20_000, 500 * 2 ** attempt);
}

export interface TaskRetry {
  readonly attempts: number;
  /** With its jitter, in milliseconds. @param attempt 0 before the second try. */
  readonly delayMs: (attempt: number, random: number) => number;
}

/** How the rollout machine retries a Task after an error, read from its definition. */
export function taskRetry(state: string, error: string): TaskRetry {
  const text = readFileSync(new URL('../../../state-machines/rollout.asl.json', import.meta.url), 'utf8');
  const { States } = JSON.parse(text) as { States: Record<string, { Retry?: readonly Retry[] }> };
  const retry = States[state]?.Retry?.find(({ ErrorEquals }) => ErrorEquals.includes(error));
  if (retry === undefined) throw new Error(`the rollout machine does not retry ${state} after ${error}`);
  const { IntervalSeconds, BackoffRate, MaxAttempts, MaxDelaySeconds } = retry;
  const longest = (attempt: number) => Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** attempt) * 1000;
  return { attempts: MaxAttempts + 1, delayMs: (attempt, random) => random * longest(attempt) };
}

interface Retry {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
}
