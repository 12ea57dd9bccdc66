import { setStableImage } from '../adapters/eks/workload/set-stable-image.ts';
import { WorkloadRejectedError } from '../core/errors.ts';
import { rolloutPayload } from '../core/rollout/payload.ts';
import { imageReference } from '../core/rollout/record.ts';
import { wholeSide } from '../core/traffic/split.ts';
import { saveAndTell } from '../runtime/acts/announce.ts';
import { holdRoutes } from '../runtime/acts/hold-routes.ts';
import { raiseForPromotion, underRaisedFence } from '../runtime/acts/open-ending.ts';
import { openHeld, openOwned } from '../runtime/acts/open-rollout.ts';
import { readStable } from '../runtime/acts/read-sides.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideEvents } from '../runtime/providers/events.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * The point of no return: stable takes the new image while the canary carries all traffic. That the canary is the safe side now is
 * written to the store first, so that a door which comes in between sends nobody to a stable that is being replaced (T1). The fence is raised
 * with it, and the routes brought under it, so that a step or a claim which is late sends nobody there either. With `promotion: git` nothing
 * else is written to the cluster; Git brings the image.
 */
export const promoteStable = defineFunction({
  name: 'PromoteStable',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideEvents, ...provideLog },
  run: async (payload, deps) => {
    const open = await openOwned(deps, await underRaisedFence(deps, payload, 'promotionFence'));
    const { record, spec, api, names } = open;
    const goal = imageReference(record.image);
    const stable = await readStable(open);
    if (wholeSide(record.split) !== 'canary' || (stable?.image !== record.stableImage && stable?.image !== goal)) {
      throw new WorkloadRejectedError(
        `Stable runs ${stable?.image ?? 'nothing'}, not ${record.stableImage}, or the canary has not all the traffic.`,
        {
          remedy: 'Somebody else wrote stable during the rollout; start it again from what runs now.',
        },
      );
    }
    const pointOfNoReturnAtMs = record.pointOfNoReturnAtMs ?? deps.clock.now();
    const reason = spec.promotion === 'git' ? 'Waits for Git to bring the image to stable.' : 'Stable takes the new image.';
    const saved = await saveAndTell(
      deps,
      open,
      { phase: 'promoting', safeSide: 'canary', stableGoal: goal, pointOfNoReturnAtMs, ...raiseForPromotion(record) },
      { transition: 'promoting', reason },
    );
    const promoting = openHeld(deps, open.rollouts, saved);
    await holdRoutes(deps, promoting);
    if (spec.promotion === 'patch') {
      const written = await setStableImage(api, { ...names, ...promoting.owner, image: goal, expectedImage: record.stableImage });
      if (written.status === 'edited') {
        throw new WorkloadRejectedError(`Stable runs ${written.found}, not ${record.stableImage}.`, {
          remedy: 'Somebody else wrote stable at the same moment.',
        });
      }
    }
    const { fence, safeSide } = saved.record;
    return { ...payload, fence, outcome: 'promoting', door: { ...payload.door, safeSide } };
  },
});

export const handler = promoteStable.handler;
