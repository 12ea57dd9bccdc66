import { SluiceError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';

const attempts = 5;
const pauseMs = 1_000;

/**
 * Calls again what may pass by itself: a door waits for the store for a second at most, moves the traffic and leaves the rest to its
 * callers' retries. EventBridge and Step Functions retry by themselves; a person's command does it here. Only for calls that have one
 * effect however often they are made.
 *
 * @throws what the last call threw; at once what no retry can mend.
 */
export async function untilAnswered<T>(clock: Clock, call: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof SluiceError && error.retryable) || tried >= attempts) throw error;
    }
    await clock.sleep(pauseMs);
  }
}
