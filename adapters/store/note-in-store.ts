import { StoreConflictError } from '../../core/errors.ts';
import type { RolloutStore, StoredItem, StoreKey } from '../../core/ports.ts';

/** How often a note that lost a race is tried again. */
const attempts = 6;

/**
 * Writes what `next` makes of an item, or nothing where it says `known`. Somebody else may write between the read and the write: which of
 * the two notes is newer is then seen anew. So many who note at the same moment that the last attempt fails as well lose the note: whoever
 * reads it asks the source itself within a minute.
 */
export async function noteInStore(
  store: RolloutStore,
  key: StoreKey,
  next: (item: StoredItem | undefined) => Readonly<Record<string, unknown>> | 'known',
): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const item = await store.read(key);
    const value = next(item);
    if (value === 'known') return;
    try {
      await store.write([{ put: key, value, expect: item === undefined ? 'absent' : { version: item.version } }]);
      return;
    } catch (error) {
      if (!(error instanceof StoreConflictError)) throw error;
    }
  }
}
