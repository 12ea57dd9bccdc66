import type { RolloutPayload } from '../../core/rollout/payload.ts';
import { type AnnounceDeps, tellUntold } from './announce.ts';
import { endedAlready, type OpenRollout, openOwned, type StoreDeps } from './open-rollout.ts';

/**
 * Ends a rollout once. Called again after it has ended under this very fence, because the answer got lost, the act is left out and only what
 * was not said yet is told; the payload is answered as the first call did.
 */
export async function endOnce(
  deps: StoreDeps & AnnounceDeps,
  payload: RolloutPayload,
  end: (open: OpenRollout) => Promise<RolloutPayload>,
): Promise<RolloutPayload> {
  const ended = await endedAlready(deps, payload);
  if (ended === undefined) return end(await openOwned(deps, payload));
  await tellUntold(deps, payload);
  return { ...payload, outcome: ended.phase };
}
