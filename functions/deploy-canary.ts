import { pinAutoscaler } from '../adapters/eks/workload/autoscaler.ts';
import { deployCanary as deploy } from '../adapters/eks/workload/deploy-canary.ts';
import { replicasForStep } from '../adapters/eks/workload/replicas-for-step.ts';
import { ensureCanaryPolicies } from '../adapters/mesh/canary-policies.ts';
import { shareOf } from '../core/plan/plan.ts';
import { rolloutPayload } from '../core/rollout/payload.ts';
import { imageReference } from '../core/rollout/record.ts';
import { openOwned } from '../runtime/acts/open-rollout.ts';
import { readStable } from '../runtime/acts/read-sides.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * Pins stable's capacity, so that all traffic can return at any time (T7), and makes the canary beside it: its Service first, then
 * what the mesh must know of that host, then its Deployment in the size of the first step. No route names it yet (T8).
 */
export const deployCanary = defineFunction({
  name: 'DeployCanary',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideLog },
  run: async (payload, deps) => {
    const open = await openOwned(deps, payload);
    const { record, plan, spec, api, target, names, owner } = open;
    const pins = await pinAutoscaler(api, { ...names, ...owner, replicas: record.stableReplicas });
    const stable = await readStable(open);
    const stableReady = record.stableReady ?? Math.min(stable?.readyEndpoints ?? 0, record.stableReplicas);
    await open.rollouts.save(open.held, { pins, stableReady });
    const weight = shareOf(plan.steps[0]) ?? target.totalWeight;
    const replicas = replicasForStep({ stableReplicas: record.stableReplicas, weight, totalWeight: target.totalWeight });
    await deploy(api, { ...names, ...owner, image: imageReference(record.image), replicas }, async () => {
      const made = await ensureCanaryPolicies(spec.router.kind, api, { hosts: target, owner, resilience: spec.resilience });
      if (made === 'unread') deps.log.warn("The canary has no copy of stable's mesh policies: they may not be read.");
    });
    return { ...payload, outcome: 'deployed' };
  },
});

export const handler = deployCanary.handler;
