import type { Connection } from '../../../cli/connection/connection.ts';
import { DeadlineExceededError, NotFoundError } from '../../../core/errors.ts';

const patienceSeconds = 240;

/**
 * Ends what is under way, so that the stack lets itself be removed: that is refused while a rollout runs, or where one has failed to roll
 * back. Content where nothing is.
 *
 * @throws DeadlineExceededError
 */
export async function endRollouts(connection: Pick<Connection, 'clock' | 'status' | 'abort'>, rollout: string): Promise<void> {
  const { clock } = connection;
  const present = async () => {
    const { services } = await connection.status(rollout).catch((error: unknown) => {
      if (error instanceof NotFoundError) return { services: [] };
      throw error;
    });
    return services[0]?.present;
  };
  if ((await present()) === undefined) return;
  await connection.abort({ rollout, why: 'The test is being removed.' }).catch((error: unknown) => {
    // It has ended meanwhile.
    if (!(error instanceof NotFoundError)) throw error;
  });
  const endMs = clock.now() + patienceSeconds * 1000;
  for (let now = await present(); now !== undefined; now = await present()) {
    if (clock.now() > endMs) {
      throw new DeadlineExceededError(`${now.rolloutId} is still ${now.phase} after ${patienceSeconds} s.`, {
        remedy: 'See the executions of the rollback machine in the console of Step Functions.',
      });
    }
    await clock.sleep(3000);
  }
}
