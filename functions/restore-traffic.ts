import { rolloutPayload } from '../core/rollout/payload.ts';
import { capacityToReturnTo, returnSeconds } from '../core/rollout/return-split.ts';
import { drainWaitSeconds } from '../core/traffic/settle-seconds.ts';
import { wholeSide } from '../core/traffic/split.ts';
import { note, saveAndTell, tellUntold } from '../runtime/acts/announce.ts';
import { openForRestoring, openOwned } from '../runtime/acts/open-rollout.ts';
import { raiseBeyond } from '../runtime/acts/raise-beyond.ts';
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
 * already, and is brought in order first. `returning` says that stable has lost so much of its capacity that it was given only what it can
 * carry.
 */
export const restoreTraffic = defineFunction({
  name: 'RestoreTraffic',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideEvents, ...provideLog },
  run: async (payload, deps) => {
    let open = await openForRestoring(deps, payload);
    const { spec } = open;
    const where = { ...open, kind: spec.router.kind };
    const raise = raiseBeyond(open.rollouts, open.record);
    const beganWith = capacityToReturnTo(open.record, deps.clock.now());
    const traffic = await restore(deps, where, open.record.safeSide, open.record.fence, raise, { beganWith });
    open = await openOwned(deps, { ...payload, fence: traffic.fence });
    // What the execution died before it could tell comes first, so that the story is told in its order.
    await tellUntold(deps, payload);
    const inSteps = wholeSide(traffic.split) !== traffic.side;
    const reason = open.record.reason ?? 'The reason was not recorded.';
    const given = `${traffic.split.stable} of ${where.target.totalWeight}`;
    const returning =
      open.record.safeSide === 'canary'
        ? `The canary is given no more than it has: stable, which is to get its image, has ${given}.`
        : `Stable has ${traffic.ready.stable} of the ${beganWith} ready pods that it began with: it is given ${given}, and the rest as they return.`;
    const untouched = traffic.side === 'stable' && open.record.pointOfNoReturnAtMs === undefined;
    const { record } = await saveAndTell(
      deps,
      open,
      {
        split: traffic.split,
        ...(inSteps && untouched ? { returnUntilMs: open.record.returnUntilMs ?? deps.clock.now() + returnSeconds * 1000 } : {}),
      },
      {
        transition: 'rollingBack',
        reason: inSteps ? `${reason} ${returning}` : reason,
        quietSeconds: drainWaitSeconds(spec.deadlines),
      },
    );
    if (inSteps) await note(deps, record, 'trafficReturning', returning);
    else await note(deps, record, 'trafficRestored', `All traffic is on ${traffic.side}.`);
    return {
      ...payload,
      fence: traffic.fence,
      weight: traffic.split.canary,
      outcome: !untouched ? 'held' : inSteps ? 'returning' : 'returned',
      waitSeconds: drainWaitSeconds(spec.deadlines),
    };
  },
});

export const handler = restoreTraffic.handler;
