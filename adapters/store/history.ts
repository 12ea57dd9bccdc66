import type { RolloutStore, StoreChange } from '../../core/ports.ts';
import { type HistoryEntry, historyEntry } from '../../core/rollout/record.ts';
import { historyPartition, keys } from './keys.ts';
import { readDocument } from './read-document.ts';

/** A line as part of a write. The same line for the same time and kind of entry. */
export function historyChange(entry: HistoryEntry): StoreChange {
  return { put: keys.history(entry.rolloutId, entry.atMs, entry.what), value: entry, expect: 'anything', historySinceMs: entry.atMs };
}

/** What a rollout did and why, line by line, outside the cluster (P2). */
export class History {
  readonly #store: RolloutStore;

  constructor(store: RolloutStore) {
    this.#store = store;
  }

  /** Idempotent for the same time and kind of entry. */
  async append(entry: HistoryEntry): Promise<void> {
    await this.#store.write([historyChange(entry)]);
  }

  /** Oldest first. */
  async list(rolloutId: string): Promise<HistoryEntry[]> {
    const items = await this.#store.list(historyPartition(rolloutId));
    return items.map((item) => readDocument(historyEntry, item));
  }
}
