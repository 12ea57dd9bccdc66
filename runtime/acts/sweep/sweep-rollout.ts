import { Rollouts } from '../../../adapters/store/rollouts.ts';
import { AwsUnavailableError } from '../../../core/errors.ts';
import type { ExecutionStatus } from '../../../core/ports.ts';
import type { Lock, RolloutRecord } from '../../../core/rollout/record.ts';
import { type AbortDeps, abortRollout, rollbackExecutionName, rollbackInput } from '../abort-rollout.ts';
import { openHeld } from '../open-rollout.ts';

/** `later`: it has its turn in a later run. */
export type Swept = 'fine' | 'aborted' | 'rollbackRestarted' | 'needsPerson' | 'later';

/**
 * Looks after one rollout that holds its service: is its execution alive, and heard of within its lease? If not, the sweep does what
 * the abort door does, from outside (O3). A rollback that died is started again under the next attempt's name.
 *
 * @param told How its execution ended, where an event says so: DescribeExecution may still call it running.
 */
export async function sweepRollout(deps: AbortDeps, lock: Lock, told?: ExecutionStatus['status']): Promise<Swept> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  const held = await rollouts.load(lock.rollout, lock.rolloutId);
  const { record } = held;
  if (held.lock.rolloutId !== record.rolloutId) return 'fine';
  if (record.phase === 'failed') return 'needsPerson';
  return record.phase === 'rollingBack' ? sweepRollback(deps, rollouts, record) : sweepProgress(deps, held.lock, record, told);
}

async function sweepProgress(
  deps: AbortDeps,
  lock: Lock,
  record: RolloutRecord,
  told: ExecutionStatus['status'] | undefined,
): Promise<Swept> {
  const overdue = deps.clock.now() > lock.leaseUntilMs;
  const status = told ?? (await statusOf(deps, record, overdue));
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

/** With the lease over, the rollout is taken for dead whatever Step Functions says: that it does not answer keeps nobody from the rollback. */
async function statusOf(deps: AbortDeps, record: RolloutRecord, overdue: boolean): Promise<ExecutionStatus['status']> {
  try {
    return (await deps.executions.describe({ arn: record.executionArn })).status;
  } catch (error) {
    if (!overdue || !(error instanceof AwsUnavailableError)) throw error;
    deps.log.warn('Step Functions does not say how the execution is.', { rolloutId: record.rolloutId });
    return 'unknown';
  }
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
  await deps.executions.start('rollback', rollbackExecutionName(saved.record), rollbackInput(open));
  return 'rollbackRestarted';
}
