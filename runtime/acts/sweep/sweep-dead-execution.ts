import { Rollouts } from '../../../adapters/store/rollouts.ts';
import type { Lock } from '../../../core/rollout/record.ts';
import type { ExecutionStatusChangeEvent } from '../../../core/spec/events.ts';
import type { AbortDeps } from '../abort-rollout.ts';
import { atMost } from './at-most.ts';
import { type Swept, sweepRollout } from './sweep-rollout.ts';

const statuses = { FAILED: 'failed', TIMED_OUT: 'timedOut', ABORTED: 'stopped' } as const;

/** Requests to the store at a time. */
const storeRequests = 50;

/**
 * An event tells that an execution of the rollout machine died: the rollout that is its own is looked after at once, and no other one. Most of
 * these executions have brought their rollout to its end, or to the rollback machine, which goes on. The events are best effort: whatever
 * they leave out, the sweep finds within a minute.
 *
 * @returns The rollout and what became of it; nothing where the execution holds no service.
 */
export async function sweepDeadExecution(
  deps: AbortDeps,
  { executionArn, status }: ExecutionStatusChangeEvent['detail'],
): Promise<Readonly<Record<string, Swept>>> {
  if (status !== 'FAILED' && status !== 'TIMED_OUT' && status !== 'ABORTED') return {};
  const rollouts = new Rollouts(deps.store, deps.clock);
  const isOwn = async (lock: Lock) => (await rollouts.load(lock.rollout, lock.rolloutId)).record.executionArn === executionArn;
  const locks = await rollouts.active();
  const own = await atMost(storeRequests, locks, isOwn);
  const lock = locks.find((_, index) => own[index]);
  return lock === undefined ? {} : { [lock.rolloutId]: await sweepRollout(deps, lock, statuses[status]) };
}
