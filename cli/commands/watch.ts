import { NotFoundError } from '../../core/errors.ts';
import type { Connection } from '../connection/connection.ts';
import { type ExitCode, exitCodeOfPhase, exitCodes } from '../output/exit-code.ts';
import { formatChange } from '../output/format-change.ts';
import type { CommandContext, Run } from './command.ts';
import { follow, listRollouts } from './follow.ts';

/** Follows the rollout that is under way, or tells the last one again where none is. */
export function watch(rollout: string): Run {
  return async (context) => {
    const connection = await context.connect();
    const [newest] = await listRollouts(connection, rollout);
    if (newest === undefined) {
      throw new NotFoundError(`There was no rollout of ${rollout} yet.`, {
        remedy: `Push an image, or \`${context.ownName} start ${rollout} <image>\`.`,
      });
    }
    return tell(context, connection, { rollout, rolloutId: newest.rolloutId });
  };
}

/** Prints one line per change until the rollout has ended: text, or JSON. */
export async function tell(
  context: CommandContext,
  connection: Connection,
  which: { readonly rollout: string; readonly rolloutId: string },
): Promise<ExitCode> {
  const { io, json, paint } = context;
  const ended = await follow(connection, which, io.interrupted, (entry) => {
    io.out(`${json ? JSON.stringify(entry) : formatChange(entry, paint)}\n`);
  });
  return ended === undefined ? exitCodes.interrupted : exitCodeOfPhase(ended.phase);
}
