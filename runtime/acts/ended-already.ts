import { Rollouts } from '../../adapters/store/rollouts.ts';
import type { RolloutPayload } from '../../core/rollout/payload.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import type { Deps } from '../deps.ts';

/**
 * The rollout of a payload as this very owner has ended it: what a Task that ends rollouts finds where its first call did its work, and
 * its answer got lost. Undefined where it is still to be ended, or is somebody else's.
 */
export async function endedAlready(
  deps: Pick<Deps, 'store' | 'clock'>,
  payload: Pick<RolloutPayload, 'rollout' | 'rolloutId' | 'fence'>,
): Promise<RolloutRecord | undefined> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  const { record } = await rollouts.load(payload.rollout, payload.rolloutId);
  return rollouts.isEnded(record) && record.fence === payload.fence ? record : undefined;
}
