import { routeName } from '../adapters/mesh/route-name.ts';
import { WeightNotVerifiedError } from '../core/errors.ts';
import { rolloutPayload } from '../core/rollout/payload.ts';
import { wholeSide } from '../core/traffic/split.ts';
import { openOwned } from '../runtime/acts/open-rollout.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/** Reads every route back: a rollback is done when the routes say so, not when a write was accepted (T2). */
export const verifyTraffic = defineFunction({
  name: 'VerifyTraffic',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideLog },
  run: async (payload, deps) => {
    const { router, target, record } = await openOwned(deps, payload);
    const side = wholeSide(record.split);
    const wrong = (await router.read(target)).find((reading) => wholeSide(reading.split) !== side || reading.fence !== record.fence);
    if (wrong !== undefined) {
      throw new WeightNotVerifiedError(
        `${routeName(wrong.route, target.namespace)} reads ${wrong.split.stable}/${wrong.split.canary} under fence ${wrong.fence ?? 'none'} during a rollback.`,
        { remedy: 'The traffic is restored again.' },
      );
    }
    return payload;
  },
});

export const handler = verifyTraffic.handler;
