import type { RolloutStore } from '../../core/ports.ts';
import { lock, type RolloutRecord } from '../../core/rollout/record.ts';
import { readDocument } from './read-document.ts';
import type { HeldRollout, Rollouts } from './rollouts.ts';
import { listSpread } from './spread-partitions.ts';

/** Since when a record is history. One whose rollback has failed never is: it holds its service until a person has looked. */
export function historySinceOf({ phase, endedAtMs }: RolloutRecord): { readonly historySinceMs?: number } {
  const over = phase === 'succeeded' || phase === 'rolledBack';
  return over && endedAtMs !== undefined ? { historySinceMs: endedAtMs } : {};
}

/** The last rollouts of the services that nobody holds, where they have ended since. */
export async function rolloutsEndedSince(store: RolloutStore, rollouts: Pick<Rollouts, 'load'>, sinceMs: number): Promise<HeldRollout[]> {
  const locks = (await listSpread(store, 'locks')).map((item) => readDocument(lock, item));
  const ended = locks.flatMap(({ rollout, rolloutId, lastRolloutId, lastCanaryUntilMs = 0 }) =>
    rolloutId === '' && lastRolloutId !== undefined && lastCanaryUntilMs >= sinceMs ? [{ rollout, lastRolloutId }] : [],
  );
  return Promise.all(ended.map(({ rollout, lastRolloutId }) => rollouts.load(rollout, lastRolloutId)));
}
