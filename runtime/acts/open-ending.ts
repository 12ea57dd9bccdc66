import { Rollouts } from '../../adapters/store/rollouts.ts';
import type { RolloutPayload } from '../../core/rollout/payload.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import { type OpenRollout, openHeld, openOwned, type StoreDeps } from './open-rollout.ts';

type Owned = Pick<RolloutPayload, 'rollout' | 'rolloutId' | 'fence'>;

/** Where the record keeps the fence under which an act at the end of a rollout began, and which that act has raised by one. */
type Raise = 'promotionFence' | 'removalFence';

/**
 * The payload of an act at the end of a rollout, under the fence that the rollout has now: the promotion and the removal of the canary raise it,
 * and whoever is called again, or comes behind a removal that failed, still carries the one before. A fence that a door raised since is somebody
 * else's.
 */
export async function underRaisedFence<P extends Owned>(deps: Pick<StoreDeps, 'store' | 'clock'>, payload: P, raise: Raise): Promise<P> {
  const { record } = await new Rollouts(deps.store, deps.clock).load(payload.rollout, payload.rolloutId);
  return hasRaised(record, raise) && record[raise] === payload.fence ? { ...payload, fence: record.fence } : payload;
}

/**
 * What a promotion saves together with its phase, so that the fence is raised once: a step, a claim or a door that was paused before its write is
 * refused once the routes carry the new one.
 */
export function raiseForPromotion(record: RolloutRecord): Pick<RolloutRecord, 'fence' | 'promotionFence'> {
  const { fence } = record;
  return hasRaised(record, 'promotionFence') ? { fence } : { fence: fence + 1, promotionFence: fence };
}

/**
 * Opens the rollout of a payload for the removal of its canary, and raises the fence: what steers traffic under the one before, such as a step or a
 * door that was paused before its write, is refused from now on. Whatever it would have written leads to pods that are about to go.
 *
 * @throws FencedError where the rollout is not this execution's any more.
 */
export async function openForRemoval(deps: StoreDeps, payload: Owned): Promise<OpenRollout> {
  const open = await openOwned(deps, await underRaisedFence(deps, payload, 'removalFence'));
  const { record, held, rollouts } = open;
  if (hasRaised(record, 'removalFence') && record.removalFence === payload.fence) return open;
  return openHeld(deps, rollouts, await rollouts.save(held, { removalFence: record.fence, fence: record.fence + 1 }));
}

function hasRaised(record: RolloutRecord, raise: Raise): boolean {
  const from = record[raise];
  return from !== undefined && record.fence === from + 1;
}
