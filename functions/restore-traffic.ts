import { rolloutPayload } from '../core/rollout/payload.ts';
import { announce, note } from '../runtime/acts/announce.ts';
import { openOwned } from '../runtime/acts/open-rollout.ts';
import { restoreTraffic as restore } from '../runtime/acts/restore-traffic.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideEvents } from '../runtime/providers/events.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * The first state of a rollback. The door has moved the traffic already, if it could; it is done again here, because a rollback must
 * not depend on what its door came to. `held` says that traffic may not rest where it is: stable has no ready endpoint, or was written
 * already, and is brought in order first.
 */
export const restoreTraffic = defineFunction({
  name: 'RestoreTraffic',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideEvents, ...provideLog },
  run: async (payload, deps) => {
    let open = await openOwned(deps, payload);
    const { rollouts, spec } = open;
    const traffic = await restore(deps, open, open.record.safeSide, open.record.fence, async (atLeast) => {
      const raised = await rollouts.raiseFence(payload.rollout, payload.rolloutId, {}, { atLeast });
      return raised?.record.fence;
    });
    open = await openOwned(deps, { ...payload, fence: traffic.fence });
    const { record } = await rollouts.save(open.held, { split: traffic.split }, spec.deadlines.drainSeconds);
    await announce(deps, { spec, record }, 'rollingBack', record.reason ?? 'The reason was not recorded.');
    await note(deps, record, 'trafficRestored', `All traffic is on ${traffic.side}.`);
    const untouched = traffic.side === 'stable' && record.pointOfNoReturnAtMs === undefined;
    return {
      ...payload,
      fence: traffic.fence,
      weight: traffic.split.canary,
      outcome: untouched ? 'returned' : 'held',
      waitSeconds: spec.deadlines.drainSeconds,
    };
  },
});

export const handler = restoreTraffic.handler;
