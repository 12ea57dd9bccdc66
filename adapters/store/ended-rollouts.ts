import type { RolloutStore } from '../../core/ports.ts';
import { lock } from '../../core/rollout/record.ts';
import { locksPartition } from './keys.ts';
import { readDocument } from './read-document.ts';
import type { HeldRollout, Rollouts } from './rollouts.ts';

/** The last rollouts of the services that nobody holds, where they have ended since. */
export async function rolloutsEndedSince(store: RolloutStore, rollouts: Pick<Rollouts, 'load'>, sinceMs: number): Promise<HeldRollout[]> {
  const locks = (await store.list(locksPartition)).map((item) => readDocument(lock, item));
  const ended = locks.flatMap(({ rollout, rolloutId, lastRolloutId, lastCanaryUntilMs = 0 }) =>
    rolloutId === '' && lastRolloutId !== undefined && lastCanaryUntilMs >= sinceMs ? [{ rollout, lastRolloutId }] : [],
  );
  return Promise.all(ended.map(({ rollout, lastRolloutId }) => rollouts.load(rollout, lastRolloutId)));
}
