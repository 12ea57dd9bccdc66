import { systemClock } from '../../../adapters/clock.ts';
import { DeadlineExceededError } from '../../../core/errors.ts';

/**
 * Asks again and again until the answer is true. A question that fails is asked again too.
 *
 * @throws DeadlineExceededError where it did not come true; with how the last question failed.
 */
export async function until(holds: () => Promise<boolean>, { withinMs = 30_000, everyMs = 50 } = {}): Promise<void> {
  const untilMs = systemClock.now() + withinMs;
  for (;;) {
    let failure: unknown;
    const isTrue = await holds().catch((error: unknown) => {
      failure = error;
      return false;
    });
    if (isTrue) return;
    if (systemClock.now() >= untilMs) {
      throw new DeadlineExceededError(`What was waited for did not come true within ${withinMs / 1000} s.`, {
        remedy: failure === undefined ? 'See the logs of the bench.' : String(failure),
        cause: failure,
      });
    }
    await systemClock.sleep(everyMs);
  }
}
