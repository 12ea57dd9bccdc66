import { pinAutoscaler } from '../adapters/eks/workload/autoscaler.ts';
import { readReadyEndpoints } from '../adapters/eks/workload/ready-endpoints.ts';
import { createRouter } from '../adapters/mesh/registry.ts';
import { WorkloadRejectedError } from '../core/errors.ts';
import { rolloutPayload } from '../core/rollout/payload.ts';
import { acceptanceSeconds } from '../core/traffic/settle-seconds.ts';
import { shapeOf } from '../core/traffic/shape-of.ts';
import { splitAt } from '../core/traffic/split.ts';
import { note } from '../runtime/acts/announce.ts';
import { openOwned } from '../runtime/acts/open-rollout.ts';
import { whileOwned } from '../runtime/acts/while-owned.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * Raises the canary's weight to the step's. What is intended is written to the store before the routes, so that whoever looks in
 * between knows what they are to say. The write itself holds only while the fence on the routes is ours (T3). Where somebody else's
 * edit is to be put right, the pin of stable's autoscaler is set again, and the fence may be gone from the routes (T6): then each write holds only if the
 * rollout was ours after the route was read, so that nobody who has taken it since is overwritten. It ends when the controllers of the route
 * have accepted what was written (T8), for which it waits a bounded time; a door that writes meanwhile does not wait for it, and ends the waiting.
 */
export const setWeight = defineFunction({
  name: 'SetWeight',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideLog },
  run: async (payload, deps) => {
    const open = await openOwned(deps, payload);
    const { plan, spec, target, api, names, owner } = open;
    const step = plan.steps[payload.stepIndex];
    const split = splitAt(step?.weight ?? 0, target.totalWeight);
    if ((await readReadyEndpoints(api, target.namespace, target.canaryService)) === 0) {
      throw new WorkloadRejectedError('The canary lost all its ready endpoints before its weight was set.', {
        remedy: 'Look at its events and logs with kubectl describe and kubectl logs.',
      });
    }
    const { record } = await open.rollouts.save(open.held, { split, stepIndex: payload.stepIndex });
    const restoring = payload.outcome === 'restore';
    if (restoring) await pinAutoscaler(api, { ...names, ...owner, replicas: record.stableReplicas });
    const role = restoring ? 'claim' : 'owner';
    const writing = restoring ? whileOwned(api, () => open.rollouts.loadOwned(record)) : api;
    const router = createRouter(spec.router.kind, writing, { clock: deps.clock, seconds: acceptanceSeconds });
    await router.write(target, { split, fence: record.fence, role, shape: shapeOf(spec, step) });
    await note(deps, record, 'weightSet', `Weight ${split.canary} of ${target.totalWeight}.`);
    return { ...payload, weight: split.canary, outcome: 'set' };
  },
});

export const handler = setWeight.handler;
