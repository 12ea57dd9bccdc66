import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { itemBytes, queryUnits, readUnits, writeUnits } from './dynamodb-units.ts';
import { meterDifference, meteredStore } from './metered-store.ts';

const key = { partition: 'p', sort: 's' };
const itemOf = (bytes: number) => ({ key, value: { text: 'x'.repeat(bytes) } });
const put = (bytes: number, sort = 's') => ({
  put: { partition: 'p', sort },
  value: { text: 'x'.repeat(bytes) },
  expect: 'anything' as const,
});

describe('DynamoDB units', () => {
  it('count every byte of a text, and several for a letter that UTF-8 writes so', () => {
    const size = (text: string) => itemBytes(key, { text });
    expect(size('xx') - size('x')).toBe(1);
    expect(size('é') - size('')).toBe(2);
  });

  it.each([
    ['no item', undefined, 1],
    ['a small item', itemOf(10), 1],
    ['just above 4 KB', itemOf(4096), 2],
  ])('of a consistent read of %s', (_, item, units) => {
    expect(readUnits(item)).toBe(units);
  });

  it('of a query are rounded after the sizes were added', () => {
    expect(queryUnits([])).toBe(1);
    expect(queryUnits([itemOf(1500), itemOf(1500)])).toBe(1);
    expect(queryUnits([itemOf(3000), itemOf(3000)])).toBe(2);
  });

  it.each([
    ['one small item', [put(10)], 1],
    ['one item above 1 KB', [put(1100)], 2],
    ['two small items in a transaction', [put(10), put(10, 't')], 4],
    ['a small and a large item in a transaction', [put(10), put(2100, 't')], 8],
  ])('of a write of %s', (_, changes, units) => {
    expect(writeUnits(changes)).toBe(units);
  });

  it('are counted by a store that passes every call on, refused writes too', async () => {
    const { store, meter } = meteredStore(createMemoryStore());
    await store.write([put(10)]);
    const before = meter();
    expect((await store.read(key))?.version).toBe(1);
    expect(await store.list('p')).toHaveLength(1);
    await expect(store.write([{ ...put(10), expect: 'absent' }])).rejects.toThrow('is not what the write expects');
    expect(meterDifference(before, meter())).toEqual({ reads: 2, writes: 1, readUnits: 2, writeUnits: 1 });
  });
});
