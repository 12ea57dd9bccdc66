import { setStableImage } from '../adapters/eks/workload/set-stable-image.ts';
import { ClusterUnavailableError, WriteConflictError } from '../core/errors.ts';
import { rolloutPayload } from '../core/rollout/payload.ts';
import { imageReference } from '../core/rollout/record.ts';
import { goalPastPointOfNoReturn } from '../core/rollout/rollback-reason.ts';
import { note } from '../runtime/acts/announce.ts';
import { openForRestoring } from '../runtime/acts/open-rollout.ts';
import { readStable } from '../runtime/acts/read-sides.ts';
import { bringBack } from '../runtime/acts/return-in-steps.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * Brings stable to the image that this rollout is to end with, while the canary holds the traffic: the old one where something spoke
 * against the new version, the new one where an execution merely died half-way through the promotion (O3).
 */
export const restoreStable = defineFunction({
  name: 'RestoreStable',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideLog },
  run: async (payload, deps) => {
    const open = await openForRestoring(deps, payload);
    const { record, api, names, owner } = open;
    const stable = await readStable(open);
    const finishes = record.pointOfNoReturnAtMs !== undefined && goalPastPointOfNoReturn(record.rollbackReason ?? 'error') === 'promoted';
    // Where Git brings the image, Sluice does not: a promotion that Git has not begun is given up.
    const promoted = finishes && (open.spec.promotion === 'patch' || stable?.image === imageReference(record.image));
    const goal = promoted ? imageReference(record.image) : record.stableImage;
    const saved = await open.rollouts.save(open.held, { stableGoal: goal });
    // Also where the image is right already: the fence is left on it, for a promotion's write that is late (T3).
    const mayBeLate = record.pointOfNoReturnAtMs !== undefined && open.spec.promotion === 'patch';
    if (stable?.image !== undefined && (stable.image !== goal || mayBeLate)) {
      const written = await setStableImage(api, { ...names, ...owner, image: goal, expectedImage: stable.image });
      if (written.status === 'edited') {
        throw new WriteConflictError(`Stable was written to ${written.found} at the same moment.`, { remedy: 'It is tried again.' });
      }
    }
    // It was held because stable has no ready pod at all: whoever scaled it down undid the pin, and nobody would bring any.
    if (record.pointOfNoReturnAtMs === undefined) await bringBack(deps, open, isPassing);
    await note(deps, saved.record, 'stableRestored', `Stable is to run ${goal}.`);
    return { ...payload, fence: record.fence, outcome: 'restoring' };
  },
});

/** A cluster that does not answer for a moment is asked again: stable waits for these pods, and would wait in vain. */
function isPassing(error: unknown): boolean {
  return error instanceof ClusterUnavailableError || error instanceof WriteConflictError;
}

export const handler = restoreStable.handler;
