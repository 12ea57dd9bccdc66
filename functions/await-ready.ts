import { replicasForStep } from '../adapters/eks/workload/replicas-for-step.ts';
import { scaleCanary } from '../adapters/eks/workload/scale-canary.ts';
import { shareOf } from '../core/plan/plan.ts';
import { rolloutPayload } from '../core/rollout/payload.ts';
import { settleSeconds } from '../core/traffic/settle-seconds.ts';
import { notingClusterAway } from '../runtime/acts/note-cluster-away.ts';
import { openOwned } from '../runtime/acts/open-rollout.ts';
import { readCanary } from '../runtime/acts/read-sides.ts';
import { untilReady } from '../runtime/acts/until-ready.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * Brings the canary to the size of the step and waits for it: no weight above 0 before it has its ready endpoints and the capacity
 * for the step (T1). It looks every second for a while, then lets the state machine wait, until the spec's deadline (W1). Before the first
 * weight it looks once more when the mesh has had time to take note of the new Service, its endpoints and its policies (T8); pods that join
 * a Service which the mesh knows already need none, since requests go to those that are there.
 */
export const awaitReady = defineFunction({
  name: 'AwaitReady',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideLog },
  run: async (payload, deps) => {
    const open = await openOwned(deps, payload);
    const { record, plan, api, target, names, owner } = open;
    const weight = shareOf(plan.steps[payload.stepIndex]) ?? target.totalWeight;
    const replicas = replicasForStep({ stableReplicas: record.stableReplicas, weight, totalWeight: target.totalWeight });
    await notingClusterAway(deps, open, () => scaleCanary(api, { ...names, ...owner, replicas }));
    const look = async () => {
      const pods = await readCanary(open);
      const readyEndpoints = pods?.readyEndpoints ?? 0;
      const ready = pods?.settled === true && readyEndpoints >= replicas;
      const crashing = pods?.crashing === undefined ? '' : `: ${pods.crashing}`;
      return { ready, state: `${readyEndpoints} of ${replicas} pods of the canary are ready${crashing}` };
    };
    const lookTwice = async () => {
      const first = await look();
      if (!first.ready) return first;
      await deps.clock.sleep(settleSeconds * 1000);
      return look();
    };
    return untilReady(deps, open, payload, payload.stepIndex === 0 ? lookTwice : look);
  },
});

export const handler = awaitReady.handler;
