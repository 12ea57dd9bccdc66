import type { Strategy } from './manifests.ts';

/** The pods of one template of a Deployment. */
export interface PodCounts {
  readonly total: number;
  readonly available: number;
}

export interface RollingBudget {
  /** How many pods there may be beyond the wanted number. */
  readonly maxSurge: number;
  /** How many of the wanted number may be unavailable. */
  readonly maxUnavailable: number;
}

export interface ReplicaPlan {
  readonly create: number;
  readonly removeNew: number;
  /** Old pods that go though they are not available; they go first. */
  readonly removeOldUnavailable: number;
  readonly removeOldAvailable: number;
}

/**
 * Percentages in pods: surge rounded up, unavailability rounded down, and never both 0, as that would stand still.
 *
 * @example 25 % of 5 replicas: { maxSurge: 2, maxUnavailable: 1 }
 */
export function rollingBudget(replicas: number, { rollingUpdate }: Strategy): RollingBudget {
  const maxSurge = Math.ceil(inPods(rollingUpdate?.maxSurge ?? '25%', replicas));
  const maxUnavailable = Math.floor(inPods(rollingUpdate?.maxUnavailable ?? '25%', replicas));
  return { maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable };
}

function inPods(budget: number | string, replicas: number): number {
  return typeof budget === 'number' ? budget : (Number.parseInt(budget, 10) * replicas) / 100;
}

/**
 * What a rolling update does next. Old pods that serve leave only as far as the available ones, old and new, stay at
 * `replicas - maxUnavailable`. Source: kubernetes, pkg/controller/deployment/rolling.go.
 */
export function planRollingUpdate(replicas: number, budget: RollingBudget, current: PodCounts, old: PodCounts): ReplicaPlan {
  const room = replicas + budget.maxSurge - current.total - old.total;
  const create = Math.max(0, Math.min(replicas - current.total, room));
  const leastAvailable = replicas - budget.maxUnavailable;
  const spare = current.available + old.total - leastAvailable;
  const spareAvailable = current.available + old.available - leastAvailable;
  return {
    create,
    removeNew: Math.max(0, current.total - replicas),
    removeOldUnavailable: Math.max(0, Math.min(old.total - old.available, spare)),
    removeOldAvailable: Math.max(0, Math.min(old.available, spareAvailable)),
  };
}

/** With `strategy.type: Recreate` all old pods go before the first new one comes. */
export function planRecreation(replicas: number, current: PodCounts, old: PodCounts): ReplicaPlan {
  return {
    create: old.total > 0 ? 0 : Math.max(0, replicas - current.total),
    removeNew: Math.max(0, current.total - replicas),
    removeOldUnavailable: old.total - old.available,
    removeOldAvailable: old.available,
  };
}
