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
 * A rollback that could not be verified: the service stays locked, and people are told what to do by hand (O5). Nothing is claimed
 * about where the traffic is. Called again after it has ended the rollout, because its answer got lost, it only says what was not said yet.
 */
export const failRollback = defineFunction({
  name: 'FailRollback',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideEvents, ...provideLog },
  run: async (payload, deps) => {
    const ended = await endedAlready(deps, payload);
    if (ended !== undefined) {
      await tellUntold(deps, payload);
      return { ...payload, outcome: ended.phase };
    }
    const open = await openOwned(deps, payload);
    const { target } = open;
    const routes = target.routes.map((route) => `kubectl -n ${target.namespace} edit virtualservice ${route.virtualService}`).join(' ; ');
    const why = `The rollback could not be verified, and where the traffic is is not known. Give ${target.stableService} all the weight by hand: ${routes}`;
    await endAndTell(deps, open, 'failed', { reason: why });
    return { ...payload, outcome: 'failed', why };
  },
});

export const handler = failRollback.handler;
