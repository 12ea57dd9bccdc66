import { rolloutPayload } from '../core/rollout/payload.ts';
import { drainWaitSeconds } from '../core/traffic/settle-seconds.ts';
import { wholeSplit } from '../core/traffic/split.ts';
import { note } from '../runtime/acts/announce.ts';
import { openOwned } from '../runtime/acts/open-rollout.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/** Gives all traffic to stable, which is ready: after a promotion with the new image, after a rollback past it with the old one. */
export const returnTraffic = defineFunction({
  name: 'ReturnTraffic',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideLog },
  run: async (payload, deps) => {
    const open = await openOwned(deps, payload);
    const { router, target, spec } = open;
    const split = wholeSplit('stable', target.totalWeight);
    const { record } = await open.rollouts.save(open.held, { safeSide: 'stable', split }, drainWaitSeconds(spec.deadlines));
    await router.write(target, { split, fence: record.fence, role: 'owner' });
    await note(deps, record, 'trafficReturned', 'All traffic is on stable.');
    const door = { ...payload.door, safeSide: record.safeSide };
    return { ...payload, weight: 0, outcome: 'returned', waitSeconds: drainWaitSeconds(spec.deadlines), door };
  },
});

export const handler = returnTraffic.handler;
