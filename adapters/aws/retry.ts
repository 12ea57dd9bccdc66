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
