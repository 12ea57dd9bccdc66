import { exitCodes } from '../output/exit-code.ts';
import { formatStatus } from '../output/format-status.ts';
import type { Run } from './command.ts';

export function status(rollout: string | undefined): Run {
  return async (context) => {
    const connection = await context.connect();
    const found = await connection.status(rollout);
    context.print(found, formatStatus(found, context.paint));
    return exitCodes.fine;
  };
}
