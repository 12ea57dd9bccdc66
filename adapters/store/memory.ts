import type { Clock, RolloutStore, StoreChange, StoredItem, StoreExpectation, StoreKey, WhereFields } from '../../core/ports.ts';
import { type AttributeValue, marshalFields, unmarshalFields } from './attribute-value.ts';
import { assertKey, assertWritable, keyOf, storeConflict } from './changes.ts';
import { expiresAtSeconds, isExpired, type Retention } from './expiry.ts';

interface MemoryItem {
  readonly fields: Readonly<Record<string, AttributeValue>>;
  readonly version: number;
  readonly expires: number | undefined;
}

/** By which clock history expires. */
export interface MemoryStoreOptions extends Retention {
  readonly clock?: Pick<Clock, 'now'>;
}

/**
 * A store that lives as long as the process: for the sandbox and for tests. Values go through the same marshalling as on AWS,
 * so that what would be refused or would come back different there does so here too, and no caller shares an object with it. Without a clock nothing expires.
 */
export function createMemoryStore({ clock = { now: () => 0 }, retentionDays }: MemoryStoreOptions = {}): RolloutStore {
  const partitions = new Map<string, Map<string, MemoryItem>>();
  const isPresent = ({ expires }: MemoryItem) => !isExpired(expires, clock.now());
  const find = (key: StoreKey) => {
    const item = partitions.get(key.partition.toWellFormed())?.get(key.sort.toWellFormed());
    return item !== undefined && isPresent(item) ? item : undefined;
  };

  const apply = (change: StoreChange) => {
    if ('check' in change) return;
    const key = keyOf(change);
    const [partition, sort] = [key.partition.toWellFormed(), key.sort.toWellFormed()];
    const items = partitions.get(partition) ?? new Map<string, MemoryItem>();
    partitions.set(partition, items);
    if ('remove' in change) items.delete(sort);
    else {
      const version = (items.get(sort)?.version ?? 0) + 1;
      items.set(sort, { fields: marshalFields(change.value), version, expires: expiresAtSeconds(change, { retentionDays }) });
    }
  };

  return {
    async read(key) {
      assertKey(key);
      const item = find(key);
      return item === undefined ? undefined : stored(key, item);
    },
    async list(partition) {
      assertKey({ partition, sort: 'any' });
      return [...(partitions.get(partition.toWellFormed()) ?? [])]
        .filter(([, item]) => isPresent(item))
        .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .map(([sort, item]) => stored({ partition, sort }, item));
    },
    async write(changes) {
      assertWritable(changes);
      for (const change of changes) if ('put' in change) marshalFields(change.value);
      const failing = changes.filter((change) => !holds('check' in change ? change : change.expect, find(keyOf(change))));
      if (failing.length > 0) throw storeConflict(failing.map(keyOf));
      changes.forEach(apply);
    },
  };
}

function stored(key: StoreKey, item: MemoryItem): StoredItem {
  return { key: { partition: key.partition, sort: key.sort }, value: unmarshalFields(item.fields), version: item.version };
}

function holds(expect: StoreExpectation | { readonly where: WhereFields }, item: MemoryItem | undefined): boolean {
  if (expect === 'anything') return true;
  if (expect === 'absent') return item === undefined;
  if (item === undefined) return false;
  if ('version' in expect) return item.version === expect.version;
  const fields = unmarshalFields(item.fields);
  return Object.entries(expect.where).every(([name, wanted]) => Object.hasOwn(fields, name) && fields[name] === wanted);
}
