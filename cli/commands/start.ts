import { InvalidInputError, RolloutRefusedError } from '../../core/errors.ts';
import { parseImageReference } from '../../core/spec/image-reference.ts';
import type { Connection, RolloutSummary } from '../connection/connection.ts';
import { type ExitCode, exitCodeOfPhase, exitCodes } from '../output/exit-code.ts';
import { formatChange } from '../output/format-change.ts';
import type { CommandContext, Run } from './command.ts';
import { follow, listRollouts, nextLook } from './follow.ts';

export interface StartOptions {
  readonly force?: boolean;
  readonly why?: string;
  readonly wait?: boolean;
  readonly bad?: boolean;
}

/** Starts a rollout; with `wait`, follows it to its end and tells by the exit code how it ended. */
export function start(rollout: string, image: string, options: StartOptions): Run {
  return async (context) => {
    const { force = false, why, wait = false, bad = false } = options;
    if (parseImageReference(image) === undefined) {
      throw new InvalidInputError(`${image} is no image.`, { remedy: 'Give a tag (v2), a digest (sha256:…) or a full reference.' });
    }
    if (force && why === undefined) {
      throw new InvalidInputError('--force needs --why.', { remedy: 'Say why the image may go out although it failed: it is recorded.' });
    }
    const connection = await context.connect();
    const before = new Set((await listRollouts(connection, rollout)).map(({ rolloutId }) => rolloutId));
    const { executionArn } = await connection.start({
      rollout,
      image,
      ...(force && why !== undefined ? { force: why } : {}),
      ...(bad ? { bad } : {}),
    });
    if (!wait) {
      context.print({ rollout, image, executionArn }, `Started: ${executionArn}\nFollow it with \`${context.ownName} watch ${rollout}\`.`);
      return exitCodes.fine;
    }
    return untilEnded(context, connection, { rollout, image, executionArn, before });
  };
}

interface Awaited {
  readonly rollout: string;
  readonly image: string;
  readonly executionArn: string;
  /** The rollouts that there were before the start. */
  readonly before: ReadonlySet<string>;
}

async function untilEnded(context: CommandContext, connection: Connection, awaited: Awaited): Promise<ExitCode> {
  const { io, json, paint } = context;
  const begun = await untilBegun(connection, awaited, io.interrupted);
  if (begun === 'interrupted') return exitCodes.interrupted;
  if ('nothingToDo' in begun) {
    context.print({ rollout: awaited.rollout, outcome: 'nothingToDo', reason: begun.nothingToDo }, `Nothing to do: ${begun.nothingToDo}`);
    return exitCodes.fine;
  }
  const which = { rollout: awaited.rollout, rolloutId: begun.rolloutId };
  const ended = await follow(connection, which, io.interrupted, (entry) => {
    if (!json) io.out(`${formatChange(entry, paint)}\n`);
  });
  if (ended === undefined) return exitCodes.interrupted;
  if (json) context.print(ended, '');
  return exitCodeOfPhase(ended.phase);
}

/**
 * Waits until the start has become a rollout: its own execution's, or one of the same image that a push began a moment earlier, in
 * which case this execution finds nothing to do.
 *
 * @throws RolloutRefusedError where there will be none.
 */
async function untilBegun(
  connection: Connection,
  { rollout, image, executionArn, before }: Awaited,
  interrupted: AbortSignal,
): Promise<RolloutSummary | { readonly nothingToDo: string } | 'interrupted'> {
  const wanted = parseImageReference(image);
  const isSame = ({ image: { tag, digest } }: RolloutSummary) =>
    wanted?.digest === undefined ? tag === wanted?.tag : digest === wanted.digest;
  for (;;) {
    // Asked before the rollouts are, so that an execution that has ended can begin none between the two answers.
    const { status, error, cause, reason } = await connection.execution(executionArn);
    const rollouts = await listRollouts(connection, rollout);
    const mine = rollouts.find((each) => each.executionArn === executionArn);
    const others = rollouts.find((each) => isSame(each) && (!before.has(each.rolloutId) || each.endedAtMs === undefined));
    const begun = mine ?? others;
    if (begun !== undefined) return begun;
    if (status === 'succeeded') return { nothingToDo: reason ?? 'the execution ended without a rollout.' };
    if (status !== 'running') {
      throw new RolloutRefusedError(cause ?? `The execution ended as ${status}${error === undefined ? '' : ` (${error})`}.`, {
        remedy: remedyFor(cause, executionArn),
      });
    }
    if (!(await nextLook(connection, interrupted))) return 'interrupted';
  }
}

/** The cause names its remedy already, but for a quarantine it is that of the console's input. */
function remedyFor(cause: string | undefined, executionArn: string): string {
  if (cause === undefined) return `See ${executionArn}.`;
  return cause.includes('quarantined') ? 'With this command: --force --why "what has changed".' : '';
}
