import { unpinAutoscaler } from '../adapters/eks/workload/autoscaler.ts';
import { rolloutPayload } from '../core/rollout/payload.ts';
import { endAndTell, tellUntold } from '../runtime/acts/announce.ts';
import { endedAlready, openOwned } from '../runtime/acts/open-rollout.ts';
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
  run: async (payload, deps) => {
    const ended = await endedAlready(deps, payload);
    if (ended !== undefined) {
      await tellUntold(deps, payload);
      return { ...payload, outcome: ended.phase };
    }
    const open = await openOwned(deps, payload);
    const { record, api, names, owner } = open;
    await unpinAutoscaler(api, { ...names, ...owner, pins: record.pins });
    await endAndTell(deps, open, 'succeeded', { reason: `Stable runs ${record.stableGoal ?? record.stableImage}.` });
    return { ...payload, outcome: 'succeeded' };
  },
});

export const handler = finish.handler;
