import { StoreConflictError } from '../../core/errors.ts';

/** How often a lost race is run again. */
export const conflictAttempts = 6;

/**
 * Does something again that somebody else was quicker than: `act` reads anew, and decides anew on what it reads.
 *
 * @throws StoreConflictError where it lost six times in a row, and whatever else `act` throws.
 */
export async function retryOnConflict<T>(act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof StoreConflictError) || attempt === conflictAttempts) throw error;
    }
  }
}
