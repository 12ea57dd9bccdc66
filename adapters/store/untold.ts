import * as z from 'zod/mini';
import type { RolloutStore, SluiceEvent, StoreChange } from '../../core/ports.ts';
import { stored } from '../../core/rollout/stored.ts';
import { keys } from './keys.ts';
import { readDocument } from './read-document.ts';
import { listSpread } from './spread-partitions.ts';

const untoldItem = stored({ detailType: z.string(), atMs: z.number(), detail: z.record(z.string(), z.unknown()) });

/** Notes an event that is to be told, as part of the write of the transition that it speaks of. */
export function untoldChange({ id, detailType, atMs, detail }: SluiceEvent): StoreChange {
  return { put: keys.untold(id), value: { detailType, atMs, detail }, expect: 'anything' };
}

/**
 * Events of transitions that are in the store, and that the bus may not have yet (P1). Each is written in one transaction with its
 * transition and removed when the bus has taken it, so that a Lambda which dies in between loses none: whoever comes next tells it, at
 * the latest the sweep.
 */
export class Untold {
  readonly #store: RolloutStore;

  constructor(store: RolloutStore) {
    this.#store = store;
  }

  /** Oldest first. */
  async list(): Promise<SluiceEvent[]> {
    const items = await listSpread(this.#store, 'untold');
    return items.map((item) => ({ id: item.key.sort, ...readDocument(untoldItem, item) })).toSorted((a, b) => a.atMs - b.atMs);
  }

  /** Idempotent. The bus has taken the event. */
  async remove(event: SluiceEvent): Promise<void> {
    await this.#store.write([{ remove: keys.untold(event.id), expect: 'anything' }]);
  }
}
