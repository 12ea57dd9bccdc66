import { rolloutPayload } from '../core/rollout/payload.ts';
import { drainWaitSeconds } from '../core/traffic/settle-seconds.ts';
import { wholeSplit } from '../core/traffic/split.ts';
import { note } from '../runtime/acts/announce.ts';
import { type OpenRollout, openForRestoring } from '../runtime/acts/open-rollout.ts';
import { giveBack, pauseSeconds, type Return, returnInSteps, unasked } from '../runtime/acts/return-in-steps.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * Gives all traffic to stable, which is ready: after a promotion with the new image, after a rollback past it with the old one. In a rollback
 * whose stable has lost much of its capacity it does so in steps (T7): `returning` asks to be called again, and `held` says that stable has no
 * ready pod left and is to be brought in order first. An end without that capacity stands in the reason that people are told.
 */
export const returnTraffic = defineFunction({
  name: 'ReturnTraffic',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideLog },
  run: async (payload, deps) => {
    const open = await openForRestoring(deps, payload);
    const { router, target, spec } = open;
    const { outcome, held, why } = await comeBack(deps, open);
    if (outcome !== 'all') {
      const { split, safeSide, fence } = held.record;
      return { ...payload, fence, weight: split.canary, outcome, waitSeconds: pauseSeconds, door: { ...payload.door, safeSide } };
    }
    const split = wholeSplit('stable', target.totalWeight);
    const { reason = '' } = held.record;
    const told = why === undefined || reason.includes(why) ? {} : { reason: `${reason} ${why}`.trim() };
    const { record } = await open.rollouts.save(held, { safeSide: 'stable', split, ...told }, drainWaitSeconds(spec.deadlines));
    const isRollback = record.phase === 'rollingBack';
    if (!isRollback) await router.write(target, { split, fence: record.fence, role: 'owner' });
    const { fence } = isRollback ? await giveBack(deps, open, held, { ready: unasked }) : record;
    await note(deps, record, 'trafficReturned', why ?? 'All traffic is on stable.');
    const door = { ...payload.door, safeSide: record.safeSide };
    return { ...payload, fence, weight: 0, outcome: 'returned', waitSeconds: drainWaitSeconds(spec.deadlines), door };
  },
});

/** A promotion returns to pods that AwaitStable has just seen ready; so does a rollback, unless their number fell meanwhile or before. */
async function comeBack(deps: Parameters<typeof returnInSteps>[0], open: OpenRollout): Promise<Return> {
  return open.record.phase === 'rollingBack' ? returnInSteps(deps, open) : { outcome: 'all', held: open.held };
}

export const handler = returnTraffic.handler;
