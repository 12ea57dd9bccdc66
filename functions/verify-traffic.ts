import { routeName } from '../adapters/mesh/route-name.ts';
import { WeightNotVerifiedError } from '../core/errors.ts';
import { rolloutPayload } from '../core/rollout/payload.ts';
import { drainWaitSeconds } from '../core/traffic/settle-seconds.ts';
import { sameSplit } from '../core/traffic/split.ts';
import { note } from '../runtime/acts/announce.ts';
import { openForRestoring } from '../runtime/acts/open-rollout.ts';
import { giveBack, unasked } from '../runtime/acts/return-in-steps.ts';
import { verifyDrained } from '../runtime/acts/verify-drained.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { providePrometheus } from '../runtime/providers/prometheus.ts';
import { provideStore } from '../runtime/providers/store.ts';

/** The longest that requests are watched for, of the time that the canary drains in any case. */
const longestWatchMs = 8_000;

/**
 * Reads every route back: a rollback is done when the routes say so, not when a write was accepted (T2). Where somebody else wrote meanwhile, a door
 * without the store or whatever undoes edits, everything is given to stable once more; but the canary, where it holds the traffic, is given nothing
 * again, since a door may have taken it from there (T3). Where the canary drains next, the first seconds of that are used to see by the requests
 * that are counted that no new one reaches it; what was seen stands in the history.
 */
export const verifyTraffic = defineFunction({
  name: 'VerifyTraffic',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...providePrometheus, ...provideLog },
  run: async (payload, deps) => {
    const beganAtMs = deps.clock.now();
    const open = await openForRestoring(deps, payload);
    const { router, target, record, spec } = open;
    const wrong = (await router.read(target)).find(({ split, fence }) => !sameSplit(split, record.split) || fence !== record.fence);
    if (wrong !== undefined) {
      const isWhole = record.split.canary === 0;
      if (isWhole) await giveBack(deps, open, open.held, { ready: unasked });
      throw new WeightNotVerifiedError(
        `${routeName(wrong.route, target.namespace)} reads ${wrong.split.stable}/${wrong.split.canary} under fence ${wrong.fence ?? 'none'} during a rollback.`,
        { remedy: `${isWhole ? 'Everything was given to stable once more. ' : ''}It is read again.` },
      );
    }
    const owned = { ...payload, fence: record.fence };
    if (payload.outcome !== 'returned') return owned;
    const drainMs = drainWaitSeconds(spec.deadlines) * 1000;
    const seen = await verifyDrained(deps, open, {
      from: 'canary',
      forMs: Math.min(longestWatchMs, drainMs),
      again: () => router.write(target, { split: record.split, fence: record.fence, role: 'owner' }),
    });
    if (seen !== undefined) await note(deps, record, 'trafficVerified', seen);
    const leftMs = Math.max(0, drainMs - (deps.clock.now() - beganAtMs));
    return { ...owned, waitSeconds: Math.min(payload.waitSeconds, Math.ceil(leftMs / 1000)) };
  },
});

export const handler = verifyTraffic.handler;
