import { WriteConflictError } from '../../../core/errors.ts';

const attempts = 5;

/**
 * Reads and writes again while somebody else was quicker.
 *
 * @param attempt - resolves to undefined where its write met a conflict.
 * @throws WriteConflictError after five conflicts in a row.
 */
export async function retryConflicts<T>(what: string, attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tried = 0; tried < attempts; tried += 1) {
    const done = await attempt();
    if (done !== undefined) return done;
  }
  throw new WriteConflictError(`${what} was refused ${attempts} times: each time it was not as it had just been read.`, {
    remedy: 'It is tried again; if it lasts, see who else writes the object (kubectl get -o yaml --show-managed-fields).',
  });
}
