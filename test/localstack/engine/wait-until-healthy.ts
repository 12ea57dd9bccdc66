import { AwsUnavailableError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports.ts';

export interface HealthOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Why no answer will come any more, such as an exit; undefined as long as one may. */
  readonly gaveUp?: () => string | undefined;
  readonly logs: () => string;
  readonly fetch?: (url: string) => Promise<{ readonly ok: boolean }>;
}

/**
 * Asks until LocalStack answers.
 *
 * @throws AwsUnavailableError where it gave up or the time is over; with the end of what it wrote.
 */
export async function waitUntilHealthy(endpoint: string, options: HealthOptions): Promise<void> {
  const { clock, timeoutMs, gaveUp = () => undefined, logs, fetch = globalThis.fetch } = options;
  const untilMs = clock.now() + timeoutMs;
  const isHealthy = () =>
    fetch(`${endpoint}/_localstack/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isHealthy())) {
    const why = gaveUp() ?? (clock.now() >= untilMs ? `did not answer within ${timeoutMs / 1000} s` : undefined);
    if (why !== undefined) {
      const written = logs().trim().split('\n').slice(-20).join('\n');
      throw new AwsUnavailableError(`LocalStack ${why}.`, {
        remedy: written === '' ? `See what is at ${endpoint}.` : `It wrote:\n${written}`,
      });
    }
    await clock.sleep(100);
  }
}
