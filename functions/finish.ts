import { unpinAutoscaler } from '../adapters/eks/workload/autoscaler.ts';
import { rolloutPayload } from '../core/rollout/payload.ts';
import { endAndTell } from '../runtime/acts/announce.ts';
import { endOnce } from '../runtime/acts/end-once.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideEvents } from '../runtime/providers/events.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * Unpins stable's autoscaler, gives the service free for the next rollout, and says that this one has succeeded. Called again after it has
 * done so, because its answer got lost, it only says what was not said yet.
 */
export const finish = defineFunction({
  name: 'Finish',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideEvents, ...provideLog },
  run: (payload, deps) =>
    endOnce(deps, payload, async (open) => {
      const { record, api, names, owner } = open;
      await unpinAutoscaler(api, { ...names, ...owner, pins: record.pins });
      await endAndTell(deps, open, 'succeeded', { reason: `Stable runs ${record.stableGoal ?? record.stableImage}.` });
      return { ...payload, outcome: 'succeeded' };
    }),
});

export const handler = finish.handler;
