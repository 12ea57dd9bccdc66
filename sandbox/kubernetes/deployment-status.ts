import * as z from 'zod/mini';
import type { PodCounts, RollingBudget } from './rolling-update.ts';

export interface DeploymentCounts {
  readonly generation: number;
  readonly replicas: number;
  readonly budget: RollingBudget;
  readonly current: PodCounts;
  readonly old: PodCounts;
}

const timestamps = z.object({ status: z.string(), reason: z.string(), lastUpdateTime: z.string(), lastTransitionTime: z.string() });
const previousStatus = z.object({ conditions: z._default(z.array(z.extend(timestamps, { type: z.string() })), []) });

/**
 * `status` of a Deployment. As the real one it leaves out numbers that are 0, so a reader has to take an absent
 * `readyReplicas` for none.
 */
export function deploymentStatus(counts: DeploymentCounts, previous: unknown, nowMs: number): Record<string, unknown> {
  const { current, old, replicas } = counts;
  const total = current.total + old.total;
  const available = current.available + old.available;
  const numbers = {
    replicas: total,
    updatedReplicas: current.total,
    readyReplicas: available,
    availableReplicas: available,
    unavailableReplicas: Math.max(0, Math.max(total, replicas) - available),
  };
  const enough = available >= replicas - counts.budget.maxUnavailable;
  const complete = current.total === replicas && current.available === replicas && old.total === 0;
  const before = previousStatus.safeParse(previous).data?.conditions ?? [];
  const at = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  const condition = (type: string, holds: boolean, reason: string, message: string) => {
    const status = holds ? 'True' : 'False';
    const same = before.find((each) => each.type === type && each.status === status);
    const lastUpdateTime = same?.reason === reason ? same.lastUpdateTime : at;
    return { type, status, reason, message, lastUpdateTime, lastTransitionTime: same?.lastTransitionTime ?? at };
  };
  return {
    observedGeneration: counts.generation,
    ...Object.fromEntries(Object.entries(numbers).filter(([, count]) => count > 0)),
    conditions: [
      enough
        ? condition('Available', true, 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
        : condition('Available', false, 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'),
      complete
        ? condition('Progressing', true, 'NewReplicaSetAvailable', 'The newest template has successfully progressed.')
        : condition('Progressing', true, 'ReplicaSetUpdated', 'The newest template is progressing.'),
    ],
  };
}
