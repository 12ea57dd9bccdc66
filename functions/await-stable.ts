import { rolloutPayload } from '../core/rollout/payload.ts';
import { openForRestoring } from '../runtime/acts/open-rollout.ts';
import { readStable } from '../runtime/acts/read-sides.ts';
import { untilReady } from '../runtime/acts/until-ready.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/** Waits until stable runs the image that it is to run in the end, with every pod ready: only then may traffic return to it (T1). */
export const awaitStable = defineFunction({
  name: 'AwaitStable',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideLog },
  run: async (payload, deps) => {
    const open = await openForRestoring(deps, payload);
    const { record } = open;
    const goal = record.stableGoal ?? record.stableImage;
    return untilReady(deps, open, { ...payload, fence: record.fence }, async () => {
      const stable = await readStable(open);
      if (stable === undefined) return { ready: false, state: 'stable is gone' };
      const ready = stable.image === goal && stable.settled && stable.readyEndpoints >= stable.desired && stable.readyEndpoints > 0;
      return {
        ready,
        state: `stable runs ${stable.image ?? 'nothing'} with ${stable.readyEndpoints} of ${stable.desired} ready, and is to run ${goal}`,
      };
    });
  },
});

export const handler = awaitStable.handler;
