import { unpinAutoscaler } from '../adapters/eks/workload/autoscaler.ts';
import { rolloutPayload } from '../core/rollout/payload.ts';
import { imageReference, type RollbackReason } from '../core/rollout/record.ts';
import { endAndTell } from '../runtime/acts/announce.ts';
import { endOnce } from '../runtime/acts/end-once.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideEvents } from '../runtime/providers/events.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/** Reasons that speak against the image itself: it is quarantined, so that the next push of the same bytes does not loop (O4). */
const quarantining: readonly RollbackReason[] = ['alarm', 'analysis', 'inconclusive'];

/**
 * Ends a rollback: unpins stable's autoscaler, gives the service free and says what happened. A promotion that was finished here
 * because its execution died ends as succeeded. What could not be removed is told, and does not keep the service. Called again after it has
 * ended the rollout, because its answer got lost, it only says what was not said yet.
 */
export const finishRollback = defineFunction({
  name: 'FinishRollback',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideEvents, ...provideLog },
  run: (payload, deps) =>
    endOnce(deps, payload, async (open) => {
      const { record, api, names, owner } = open;
      // Where no pin was recorded, its writer may have been overtaken by this rollback.
      const pinsUnder = record.pins.length === 0 ? names.deployment : undefined;
      await unpinAutoscaler(api, { ...names, ...owner, pins: record.pins, pinsUnder });
      const promoted = record.stableGoal === imageReference(record.image);
      const reason = record.rollbackReason ?? 'error';
      const why = record.reason ?? 'The reason was not recorded.';
      const quarantineWhy = !promoted && quarantining.includes(reason) ? `${reason}: ${why}` : undefined;
      const left =
        payload['error'] === undefined
          ? ''
          : ' Some of what the canary was made of could not be removed; kubectl get deployments shows it.';
      const phase = promoted ? 'succeeded' : 'rolledBack';
      await endAndTell(deps, open, phase, { reason: `${why}${left}`, quarantineWhy });
      return { ...payload, outcome: phase };
    }),
});

export const handler = finishRollback.handler;
