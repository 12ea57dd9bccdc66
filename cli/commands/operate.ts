import type { OperateRequest } from '../connection/connection.ts';
import { exitCodes } from '../output/exit-code.ts';
import type { Run } from './command.ts';

const answers: Readonly<Record<OperateRequest['action'], string>> = {
  pause: 'is to pause: it stays at its weight, and is still judged.',
  resume: 'is to go on.',
  promote: 'is to go on to its last step as soon as its verdict is pass.',
};

/** Asks a running rollout to pause, to resume or to promote; it obeys at its next look, within one interval. */
export function operate(action: OperateRequest['action'], rollout: string, why: string | undefined): Run {
  return async (context) => {
    const connection = await context.connect();
    const operated = await connection.operate({ rollout, action, ...(why === undefined ? {} : { why }) });
    context.print(operated, `${operated.rolloutId} ${answers[action]}`);
    return exitCodes.fine;
  };
}
