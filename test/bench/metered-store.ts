import type { RolloutStore } from '../../core/ports.ts';
import { queryUnits, readUnits, writeUnits } from './dynamodb-units.ts';

export interface StoreMeter {
  readonly reads: number;
  readonly writes: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** A store that reckons what DynamoDB would have charged for each call. */
export function meteredStore(store: RolloutStore): { readonly store: RolloutStore; readonly meter: () => StoreMeter } {
  const total = { reads: 0, writes: 0, readUnits: 0, writeUnits: 0 };
  const metered: RolloutStore = {
    read: async (key) => {
      const item = await store.read(key);
      total.reads += 1;
      total.readUnits += readUnits(item);
      return item;
    },
    list: async (partition) => {
      const items = await store.list(partition);
      total.reads += 1;
      total.readUnits += queryUnits(items);
      return items;
    },
    write: async (changes) => {
      // A refused write is charged too.
      total.writes += 1;
      total.writeUnits += writeUnits(changes);
      await store.write(changes);
    },
  };
  return { store: metered, meter: () => ({ ...total }) };
}

export function meterDifference(from: StoreMeter, to: StoreMeter): StoreMeter {
  return {
    reads: to.reads - from.reads,
    writes: to.writes - from.writes,
    readUnits: to.readUnits - from.readUnits,
    writeUnits: to.writeUnits - from.writeUnits,
  };
}
