import { Rollouts } from '../../../adapters/store/rollouts.ts';
import type { ExecutionStatus } from '../../../core/ports.ts';
import type { Lock, RolloutRecord } from '../../../core/rollout/record.ts';
import { type AbortDeps, abortRollout, rollbackExecutionName, rollbackInput } from '../abort-rollout.ts';
import { openHeld } from '../open-rollout.ts';

export type Swept = 'fine' | 'aborted' | 'rollbackRestarted' | 'needsPerson';

/**
 * Looks after one rollout that holds its service: is its execution alive, and heard of within its lease? If not, the sweep does what
 * the abort door does, from outside (O3). A rollback that died is started again under the next attempt's name.
 */
export async function sweepRollout(deps: AbortDeps, lock: Lock): Promise<Swept> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  const held = await rollouts.load(lock.rollout, lock.rolloutId);
  const { record } = held;
  if (held.lock.rolloutId !== record.rolloutId) return 'fine';
  if (record.phase === 'failed') return 'needsPerson';
  return record.phase === 'rollingBack' ? sweepRollback(deps, rollouts, record) : sweepProgress(deps, held.lock, record);
}

async function sweepProgress(deps: AbortDeps, lock: Lock, record: RolloutRecord): Promise<Swept> {
  const { status } = await deps.executions.describe({ arn: record.executionArn });
  const overdue = deps.clock.now() > lock.leaseUntilMs;
  const alive = status === 'running' || status === 'unknown';
  if (alive && !overdue) return 'fine';
  const { reason, why } = diagnosis(status, record);
  await abortRollout(deps, {
    rollout: record.rollout,
    rolloutId: record.rolloutId,
    reason,
    why,
    actor: { kind: 'sweep', id: 'sweep' },
  });
  if (status === 'running') await deps.executions.stop(record.executionArn, why);
  return 'aborted';
}

/** Past the point of no return a stopped execution is no judgement on the image: the promotion is finished. */
function diagnosis(status: ExecutionStatus['status'], record: RolloutRecord): { reason: 'abort' | 'timeout' | 'error'; why: string } {
  switch (status) {
    case 'stopped':
      return { reason: record.pointOfNoReturnAtMs === undefined ? 'abort' : 'error', why: 'The execution was stopped.' };
    case 'timedOut':
      return { reason: 'timeout', why: 'The execution reached its timeout.' };
    case 'running':
      return { reason: 'timeout', why: 'The execution stalled: its lease ran out.' };
    case 'failed':
    case 'succeeded':
    case 'unknown':
      return { reason: 'error', why: `The execution ended (${status}) without finishing the rollout.` };
  }
}

async function sweepRollback(deps: AbortDeps, rollouts: Rollouts, record: RolloutRecord): Promise<Swept> {
  const { status } = await deps.executions.describe({ machine: 'rollback', name: rollbackExecutionName(record) });
  if (status === 'running') return 'fine';
  const held = await rollouts.loadOwned(record);
  const never = status === 'unknown';
  const saved = await rollouts.save(held, never ? {} : { rollbackAttempt: record.rollbackAttempt + 1 });
  const open = openHeld(deps, rollouts, saved);
  await deps.executions.start('rollback', rollbackExecutionName(saved.record), rollbackInput(saved.record, open.target));
  return 'rollbackRestarted';
}
