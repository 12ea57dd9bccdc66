import { FencedError, StoreConflictError } from '../../core/errors.ts';
import type { Lock } from '../../core/rollout/record.ts';

/** The record is of one owner, the lock of the next: it was read between the two. */
export function torn(rolloutId: string): StoreConflictError {
  return new StoreConflictError(`Rollout ${rolloutId} changed hands while it was read.`, { remedy: 'Read it again and decide anew.' });
}

/** An execution that comes a second time, late or by a redrive. */
export function begunBefore(rolloutId: string): FencedError {
  return new FencedError(`This execution has begun ${rolloutId} already, which has ended or was taken over.`, {
    remedy: 'Start a new rollout instead of this one again.',
  });
}

/** Whoever acts under that fence has lost the rollout. */
export function fenced(owner: { rollout: string; rolloutId: string; fence: number }, lock: Lock | undefined): FencedError {
  return new FencedError(
    `Rollout ${owner.rolloutId} acts under fence ${owner.fence}, but ${owner.rollout} is at fence ${lock?.fence ?? 'none'}${lock?.rolloutId ? `, held by ${lock.rolloutId}` : ''}.`,
    { remedy: 'Another owner has taken over; this execution ends.' },
  );
}
