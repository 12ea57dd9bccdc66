import type { Lock } from '../../../core/rollout/record.ts';
import type { MetricName, MetricValues } from '../../metrics.ts';
import type { Swept } from './sweep-rollout.ts';

/** What one run of the sweep came to, part by part: the locks, what became of each, and of what is not about one rollout. */
export interface SweepOutcomes {
  readonly locks: readonly Pick<Lock, 'leaseUntilMs'>[];
  readonly rollouts: readonly (Swept | 'failed')[];
  readonly others: readonly (object | 'failed')[];
  /** Services that no lost push was looked for of. */
  readonly pushesPostponed?: number;
}

/**
 * What the sweep tells of its run; nothing where all is 0. Stuck is a rollout that waits for a person, and one that could not be looked after
 * though its lease is over. One failure within the lease is none: its execution is at work.
 *
 * @example sweepMetrics({ locks: [{ leaseUntilMs: 5 }], rollouts: ['failed'], others: [[], []] }, 6)
 *   // { RolloutsActive: 1, RolloutsStuck: 1, SweepFailures: 1 }
 */
export function sweepMetrics({ locks, rollouts, others, pushesPostponed = 0 }: SweepOutcomes, atMs: number): MetricValues {
  const count = (of: Swept) => rollouts.filter((swept) => swept === of).length;
  const failedOverdue = rollouts.filter((swept, index) => swept === 'failed' && (locks[index]?.leaseUntilMs ?? atMs) < atMs).length;
  const values: Readonly<Partial<Record<MetricName, number>>> = {
    RolloutsActive: locks.length,
    RolloutsStuck: count('needsPerson') + failedOverdue,
    RollbacksRestarted: count('rollbackRestarted'),
    SweepFailures: [...rollouts, ...others].filter((outcome) => outcome === 'failed').length,
    PushesPostponed: pushesPostponed,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value > 0));
}
