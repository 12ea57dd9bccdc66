import { createMemoryStore } from '../../../adapters/store/memory.ts';
import type { RolloutStore, StoreKey } from '../../../core/ports.ts';
import { itemBytes } from '../dynamodb-units.ts';
import type { Counted } from './account.ts';
import { heapAfterCollection } from './heap.ts';
import type { Quotas } from './quotas.ts';
import { runReal } from './real-run.ts';
import type { RowPlan } from './scale-spec.ts';

const dayMs = 86_400_000;
const rolloutsPerDay = 5;
/** What is played of each day: the rollouts, and the sweeps until an hour has passed. The rest is sweeps that find nothing. */
const awakeMs = 3600_000;
const plan: RowPlan = { source: 'prometheus', intervalSeconds: 60, bakeSeconds: 60 };

export interface Day {
  readonly day: number;
  readonly rollouts: number;
  readonly items: number;
  readonly storeBytes: number;
  /** With the store, which is in memory here and in DynamoDB there. */
  readonly heapBytes: number;
  /** Of this day's rollouts. */
  readonly counted: Counted;
  readonly ends: Readonly<Record<string, number>>;
}

/**
 * Days of a steady stream of real rollouts, with the sweep every minute, over one store. The cluster and the engine are made anew each day, since
 * they keep a record of all that they did; so what is left on the heap is what Sluice's modules keep, and the store.
 */
export async function runDays(days: number, quotas: Quotas, seed: number, onDay: (day: Day) => void): Promise<Days> {
  const { store, itemsOf, copy } = countedStore();
  const firstMs = Date.UTC(2026, 0, 5);
  const results: Day[] = [];
  for (let day = 1; day <= days; day += 1) {
    const { counted, ends } = await runReal({
      rollouts: rolloutsPerDay,
      plan,
      quotas,
      seed: seed + day,
      store,
      startMs: firstMs + (day - 1) * dayMs,
      tag: `v${day + 1}`,
      lastsMs: awakeMs,
    });
    const { items, bytes } = itemsOf();
    const result = { day, rollouts: rolloutsPerDay, items, storeBytes: bytes, heapBytes: heapAfterCollection(), counted, ends };
    results.push(result);
    onDay(result);
  }
  const beforeCopyBytes = heapAfterCollection();
  const copied = await copy();
  const storeHeapBytes = heapAfterCollection() - beforeCopyBytes;
  // Asked after the measurement, so that it is still there during it.
  const copiedSpecs = (await copied.list('specs')).length;
  if (copiedSpecs !== rolloutsPerDay) throw new Error(`the copy of the store has ${copiedSpecs} specs`);
  return { days: results, storeHeapBytes };
}

export interface Days {
  readonly days: readonly Day[];
  /** What the items that are left take on the heap: those of a second store with the same ones. */
  readonly storeHeapBytes: number;
}

/** A store that knows how many items it holds and how large DynamoDB would reckon them. */
function countedStore() {
  const inner = createMemoryStore();
  const sizes = new Map<string, number>();
  const identity = (key: StoreKey) => `${key.partition}\n${key.sort}`;
  const store: RolloutStore = {
    ...inner,
    write: async (changes) => {
      await inner.write(changes);
      for (const change of changes) {
        if ('put' in change) sizes.set(identity(change.put), itemBytes(change.put, change.value));
        if ('remove' in change) sizes.delete(identity(change.remove));
      }
    },
  };
  const copy = async (): Promise<RolloutStore> => {
    const other = createMemoryStore();
    for (const name of sizes.keys()) {
      const [partition = '', sort = ''] = name.split('\n');
      const item = await inner.read({ partition, sort });
      if (item !== undefined) await other.write([{ put: item.key, value: item.value, expect: 'anything' }]);
    }
    return other;
  };
  return { store, copy, itemsOf: () => ({ items: sizes.size, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) }) };
}
