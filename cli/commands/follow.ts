import { NotFoundError } from '../../core/errors.ts';
import { endedPhases, type HistoryEntry } from '../../core/rollout/record.ts';
import type { Connection, RolloutSummary } from '../connection/connection.ts';

const lookEveryMs = 1000;

/** After a rollout has ended, its last line of history may take a moment more. */
const looksAfterEnd = 3;

/** Waits until the next look; false where somebody pressed Ctrl-C. */
export async function nextLook(connection: Connection, interrupted: AbortSignal): Promise<boolean> {
  if (!interrupted.aborted) await connection.clock.sleep(lookEveryMs, interrupted);
  return !interrupted.aborted;
}

/** All rollouts of a service that status tells of, the present one first. */
export async function listRollouts(connection: Connection, rollout: string): Promise<RolloutSummary[]> {
  const { services } = await connection.status(rollout);
  return services.flatMap(({ present, past }) => [...(present === undefined ? [] : [present]), ...past]);
}

/**
 * Tells each line of a rollout's history, those that were there before too, until it has ended. Lines are known by time and kind: one
 * that was written late does not hide another.
 *
 * @returns the rollout as it ended, or undefined where it was interrupted.
 * @throws NotFoundError where it is not among those that status tells of.
 */
export async function follow(
  connection: Connection,
  { rollout, rolloutId }: { readonly rollout: string; readonly rolloutId: string },
  interrupted: AbortSignal,
  onChange: (entry: HistoryEntry) => void,
): Promise<RolloutSummary | undefined> {
  const told = new Set<string>();
  for (let looksLeft = looksAfterEnd; looksLeft > 0; ) {
    const summary = (await listRollouts(connection, rollout)).find((each) => each.rolloutId === rolloutId);
    if (summary === undefined) {
      throw new NotFoundError(`There is no rollout ${rolloutId} any more.`, { remedy: 'List them with `sluice status`.' });
    }
    for (const entry of await connection.history(rolloutId)) {
      const key = `${entry.atMs} ${entry.what}`;
      if (told.has(key)) continue;
      told.add(key);
      onChange(entry);
      if (entry.what === summary.phase && endedPhases.includes(summary.phase)) return summary;
    }
    if (endedPhases.includes(summary.phase)) looksLeft -= 1;
    if (looksLeft === 0) return summary;
    if (!(await nextLook(connection, interrupted))) return undefined;
  }
  return undefined;
}
