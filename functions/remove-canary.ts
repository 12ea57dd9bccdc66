import { removeCanary as removeWorkload } from '../adapters/eks/workload/remove-canary.ts';
import { removeCanaryPolicies } from '../adapters/mesh/canary-policies.ts';
import { rolloutPayload } from '../core/rollout/payload.ts';
import { openForRemoval } from '../runtime/acts/open-ending.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * Takes the canary away, in the order that loses no request: out of the routes first, then its pods and its Service, then what the mesh was
 * told of it (T4, T8). It comes after the drain in both machines: the canary's weight has been 0 for that long. The fence is raised before, so
 * that nobody who is late sends requests to pods that are gone (T1).
 */
export const removeCanary = defineFunction({
  name: 'RemoveCanary',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideLog },
  run: async (payload, deps) => {
    const open = await openForRemoval(deps, payload);
    const { record, router, spec, target, api, names, owner } = open;
    await router.removeCanary(target, record.fence);
    await removeWorkload(api, { ...names, ...owner });
    await removeCanaryPolicies(spec.router.kind, api, { hosts: target, owner });
    return { ...payload, fence: record.fence, outcome: 'removed' };
  },
});

export const handler = removeCanary.handler;
