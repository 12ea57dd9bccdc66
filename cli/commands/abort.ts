import { exitCodes } from '../output/exit-code.ts';
import type { Run } from './command.ts';

/** Aborts through the controller: traffic is on the safe side when this returns, and the rollback machine does the rest. */
export function abort(rollout: string, why: string | undefined): Run {
  return async (context) => {
    const connection = await context.connect();
    const aborted = await connection.abort({ rollout, ...(why === undefined ? {} : { why }) });
    const text =
      aborted.outcome === 'ended'
        ? `${aborted.rolloutId} has ended already; there was nothing to abort.`
        : `${aborted.rolloutId}: traffic is restored, and the rollback is under way.\nFollow it with \`${context.ownName} watch ${rollout}\`.`;
    context.print(aborted, text);
    return exitCodes.fine;
  };
}
