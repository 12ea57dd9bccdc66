import type { RolloutPayload } from '../../core/rollout/payload.ts';
import { type AnnounceDeps, tellUntold } from './announce.ts';
import { endedAlready } from './ended-already.ts';
import { underRaisedFence } from './open-ending.ts';
import { type OpenRollout, openOwned, type StoreDeps } from './open-rollout.ts';

/**
 * Ends a rollout once. Called again after it has ended under this very fence, because the answer got lost, the act is left out and only what
 * was not said yet is told; the payload is answered as the first call did.
 */
export async function endOnce(
  deps: StoreDeps & AnnounceDeps,
  payload: RolloutPayload,
  end: (open: OpenRollout) => Promise<RolloutPayload>,
): Promise<RolloutPayload> {
  const owned = await underRaisedFence(deps, payload, 'removalFence');
  const ended = await endedAlready(deps, owned);
  if (ended === undefined) return end(await openOwned(deps, owned));
  await tellUntold(deps, payload);
  return { ...payload, outcome: ended.phase };
}
