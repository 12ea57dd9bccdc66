import { rolloutPayload } from '../core/rollout/payload.ts';
import { drainWaitSeconds } from '../core/traffic/settle-seconds.ts';
import { note, saveAndTell, tellUntold } from '../runtime/acts/announce.ts';
import { openForRestoring, openOwned } from '../runtime/acts/open-rollout.ts';
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
    let open = await openForRestoring(deps, payload);
    const { rollouts, spec } = open;
    const where = { ...open, kind: spec.router.kind };
    const traffic = await restore(deps, where, open.record.safeSide, open.record.fence, async (atLeast) => {
      const raised = await rollouts.raiseFence(payload.rollout, payload.rolloutId, {}, { atLeast });
      return raised?.record.fence;
    });
    open = await openOwned(deps, { ...payload, fence: traffic.fence });
    // What the execution died before it could tell comes first, so that the story is told in its order.
    await tellUntold(deps, payload);
    const { record } = await saveAndTell(
      deps,
      open,
      { split: traffic.split },
      {
        transition: 'rollingBack',
        reason: open.record.reason ?? 'The reason was not recorded.',
        quietSeconds: drainWaitSeconds(spec.deadlines),
      },
    );
    await note(deps, record, 'trafficRestored', `All traffic is on ${traffic.side}.`);
    const untouched = traffic.side === 'stable' && record.pointOfNoReturnAtMs === undefined;
    return {
      ...payload,
      fence: traffic.fence,
      weight: traffic.split.canary,
      outcome: untouched ? 'returned' : 'held',
      waitSeconds: drainWaitSeconds(spec.deadlines),
    };
  },
});

export const handler = restoreTraffic.handler;
