import { editCommand } from '../adapters/mesh/registry.ts';
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
 * A rollback that could not be verified: the service stays locked, and people are told what to do by hand (O5). Nothing is claimed
 * about where the traffic is. Called again after it has ended the rollout, because its answer got lost, it only says what was not said yet.
 */
export const failRollback = defineFunction({
  name: 'FailRollback',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideEvents, ...provideLog },
  run: (payload, deps) =>
    endOnce(deps, payload, async (open) => {
      const { target, spec } = open;
      const routes = await editCommand(spec.router.kind, target);
      const why = `The rollback could not be verified, and where the traffic is is not known. Give ${target.stableService} all the weight by hand: ${routes}`;
      await endAndTell(deps, open, 'failed', { reason: why });
      return { ...payload, outcome: 'failed', why };
    }),
});

export const handler = failRollback.handler;
