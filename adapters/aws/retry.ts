import type { Clock } from '../../core/ports.ts';
import type { AwsAnswer, AwsJsonApi } from './json-api.ts';

export interface RetryOptions {
  readonly clock: Clock;
  /** Tries in all, the first one included. */
  readonly attempts: number;
  /** Doing it twice is as good as once. If not, only a request that was refused, and so not carried out, is tried again. */
  readonly repeatable: boolean;
}

/**
 * Short, because the state machine's own Retry (seconds, with jitter) stands behind it: this one covers a lost connection and
 * two writers that met.
 *
 * @example [0, 1, 2].map(backoffMs) // [25, 50, 100]
 */
export function backoffMs(attempt: number): number {
  return 25 * 2 ** attempt;
}

/**
 * Names of errors that say that a rate was exceeded: ThrottlingException, RequestLimitExceeded and the like; `Throttling` in the query protocol, which
 * DescribeAlarms speaks. SDKs and stand-ins have others.
 */
export const throttling = /Throttl|LimitExceeded|TooManyRequests/;

/** How long it waits at most after the first refusal; twice as long after each one more, up to the longest. */
const firstWaitMs = 1_000;
const longestWaitMs = 4_000;

/**
 * How long to wait before what a quota refused is asked again, where there is time: a quarter of it is fixed, the rest is jitter, so that those who were
 * refused together come back apart.
 *
 * @param random From 0 to 1.
 * @example [0, 1, 2, 3].map((attempt) => patientWaitMs(attempt, 1)) // [1000, 2000, 4000, 4000]; with 0 a quarter of that
 */
export function patientWaitMs(attempt: number, random: number): number {
  return (0.25 + 0.75 * random) * Math.min(longestWaitMs, firstWaitMs * 2 ** attempt);
}

/** Calls until the answer is final or the tries are spent, and returns the last answer. */
export async function callWithRetry(
  call: AwsJsonApi,
  operation: string,
  input: Readonly<Record<string, unknown>>,
  { clock, attempts, repeatable }: RetryOptions,
): Promise<AwsAnswer> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await call(operation, input);
    if (answer.status === 'ok' || !answer.failure.retryable || attempt + 1 >= attempts) return answer;
    if (!repeatable && !answer.failure.refused) return answer;
    await clock.sleep(backoffMs(attempt));
  }
}
