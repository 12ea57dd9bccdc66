import { Rollouts } from '../../adapters/store/rollouts.ts';
import type { RolloutPayload } from '../../core/rollout/payload.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import { type OpenRollout, openHeld, openOwned, type StoreDeps } from './open-rollout.ts';

type Owned = Pick<RolloutPayload, 'rollout' | 'rolloutId' | 'fence'>;

/**
 * The payload of an act at the end of a rollout, under the fence that the rollout has now: the removal of the canary raises it, and whoever is
 * called again, or comes behind a removal that failed, still carries the one before. A fence that a door raised since is somebody else's.
 */
export async function underRaisedFence<P extends Owned>(deps: Pick<StoreDeps, 'store' | 'clock'>, payload: P): Promise<P> {
  const { record } = await new Rollouts(deps.store, deps.clock).load(payload.rollout, payload.rolloutId);
  return hasRaised(record) && record.removalFence === payload.fence ? { ...payload, fence: record.fence } : payload;
}

/**
 * Opens the rollout of a payload for the removal of its canary, and raises the fence: what steers traffic under the one before, such as a step or a
 * door that was paused before its write, is refused from now on. Whatever it would have written leads to pods that are about to go.
 *
 * @throws FencedError where the rollout is not this execution's any more.
 */
export async function openForRemoval(deps: StoreDeps, payload: Owned): Promise<OpenRollout> {
  const open = await openOwned(deps, await underRaisedFence(deps, payload));
  const { record, held, rollouts } = open;
  if (hasRaised(record) && record.removalFence === payload.fence) return open;
  return openHeld(deps, rollouts, await rollouts.save(held, { removalFence: record.fence, fence: record.fence + 1 }));
}

function hasRaised({ fence, removalFence }: RolloutRecord): boolean {
  return removalFence !== undefined && fence === removalFence + 1;
}
