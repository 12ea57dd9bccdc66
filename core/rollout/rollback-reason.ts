import type { RollbackReason, RolloutRecord } from './record.ts';

/** Why a rollout is rolled back when an execution ends by a named error instead of a decision. */
export function rollbackReasonOf(errorName: string): RollbackReason {
  switch (errorName) {
    case 'DeadlineExceededError':
    case 'States.Timeout':
      return 'timeout';
    case 'FencedError':
      return 'drift';
    default:
      return 'error';
  }
}

/**
 * What a rollback past the point of no return is to end with: the image that stable runs at the end. An execution that merely
 * died, or ran out of time, says nothing against the new version, which has passed its last bake: the promotion is finished.
 * A reason that speaks against the version restores the old image.
 */
export function goalPastPointOfNoReturn(reason: RollbackReason): 'promoted' | 'restored' {
  return reason === 'error' || reason === 'timeout' || reason === 'superseded' ? 'promoted' : 'restored';
}

/**
 * Whether an alarm turns a rollback round that is under way: one that finishes a promotion, because its execution died, is to restore
 * the old image instead (O3). Every other rollback puts the old version back already, and keeps the reason that it began with.
 */
export function isTurnedByAlarm(record: Pick<RolloutRecord, 'phase' | 'pointOfNoReturnAtMs' | 'rollbackReason'>): boolean {
  const { phase, pointOfNoReturnAtMs, rollbackReason = 'error' } = record;
  return phase === 'rollingBack' && pointOfNoReturnAtMs !== undefined && goalPastPointOfNoReturn(rollbackReason) === 'promoted';
}

/**
 * The record that a rollback begins with. One that had failed, and that a person has tried again, is judged afresh (W2): its traffic has all the
 * time to return, whatever of that was over when the cluster could not be reached.
 */
export function triedAfresh(record: RolloutRecord): RolloutRecord {
  const { returnUntilMs: _, ...rest } = record;
  return record.phase === 'failed' ? rest : record;
}
