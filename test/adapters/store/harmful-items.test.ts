import { describe, expect, it } from 'vitest';
import { AlarmStates } from '../../../adapters/store/alarm-states.ts';
import { AlertStates } from '../../../adapters/store/alert-states.ts';
import { createDynamoDbStore } from '../../../adapters/store/dynamodb.ts';
import { History } from '../../../adapters/store/history.ts';
import { keys } from '../../../adapters/store/keys.ts';
import { createMemoryStore } from '../../../adapters/store/memory.ts';
import { Rollouts } from '../../../adapters/store/rollouts.ts';
import { Specs } from '../../../adapters/store/specs.ts';
import { Untold } from '../../../adapters/store/untold.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import type { RolloutStore, StoreKey } from '../../../core/ports.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { createFakeDynamoDb } from '../../fakes/dynamodb.ts';

const clock = new VirtualClock();
const one: StoreKey = { partition: 'locks', sort: 'one' };

const stores: readonly (readonly [string, () => RolloutStore])[] = [
  ['memory', createMemoryStore],
  ['DynamoDB', () => createDynamoDbStore({ call: createFakeDynamoDb().call, tableName: 'sluice', clock })],
];

it.each(['!', '1e999', '-1', ''])('an item whose version is the number %j is not taken', async (version) => {
  const Item = { partition: { S: 'locks' }, sort: { S: 'one' }, version: { N: version }, value: { M: {} } };
  const store = createDynamoDbStore({ call: async () => ({ status: 'ok', output: { Item } }), tableName: 'sluice', clock });
  await expect(store.read(one)).rejects.toThrow(InvalidInputError);
});

describe.each(stores)('a store in %s', (_, open) => {
  const put = (store: RolloutStore, value: Readonly<Record<string, unknown>>, key = one) =>
    store.write([{ put: key, value, expect: 'anything' }]);
  const nested = (levels: number): unknown => (levels === 0 ? 'x' : { a: nested(levels - 1) });

  it('keeps a field of whatever name', async () => {
    const store = open();
    const value: Record<string, unknown> = JSON.parse('{"__proto__":{"admin":true},"constructor":1}');
    await put(store, value);
    const found = (await store.read(one))?.value ?? {};
    expect(JSON.stringify(found)).toBe(JSON.stringify(value));
    expect(found).not.toHaveProperty('admin');
  });

  it('shows half a character of two places for what it is, in values and in names, and never fails for it', async () => {
    const store = open();
    await put(store, { reason: 'slow \ud83d', '\udfff': 1 }, { partition: 'alarm#\ud800', sort: 'state' });
    const item = await store.read({ partition: 'alarm#\ud800', sort: 'state' });
    expect(item?.value).toEqual({ reason: 'slow \ufffd', '\ufffd': 1 });
    expect(await store.list('alarm#\ud800')).toHaveLength(1);
  });

  it('takes 32 levels, as DynamoDB does, and refuses more', async () => {
    const store = open();
    await put(store, { deep: nested(30) });
    expect((await store.read(one))?.value).toEqual({ deep: nested(30) });
    await expect(put(store, { deep: nested(32) })).rejects.toThrow(InvalidInputError);
    await expect(put(store, { deep: JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown })).rejects.toThrow(InvalidInputError);
  });

  it.each([
    ['an empty one', { partition: 'specs', sort: '' }],
    ['a partition of too many bytes', { partition: 'é'.repeat(1_025), sort: 'a' }],
    ['a sort key of too many bytes', { partition: 'a', sort: 'é'.repeat(513) }],
  ])('refuses a key that DynamoDB takes for no item: %s', async (_what, key) => {
    const store = open();
    await expect(store.read(key)).rejects.toThrow(InvalidInputError);
    await expect(put(store, {}, key)).rejects.toThrow(InvalidInputError);
    if (key.sort === 'a') await expect(store.list(key.partition)).rejects.toThrow(InvalidInputError);
  });
});

describe('a document that somebody damaged', () => {
  const rollouts = (store: RolloutStore) => new Rollouts(store, clock);
  it.each<readonly [string, StoreKey, (store: RolloutStore) => Promise<unknown>]>([
    ['lock', keys.lock('checkout'), (store) => rollouts(store).readLock('checkout')],
    ['lock among all', keys.lock('checkout'), (store) => rollouts(store).active()],
    ['record', keys.rollout('checkout', 'checkout-000001'), (store) => rollouts(store).list('checkout')],
    ['line of the history', keys.history('checkout-000001', 1, 'begun'), (store) => new History(store).list('checkout-000001')],
    ['spec', keys.spec('checkout'), (store) => new Specs(store).load('checkout')],
    ['event', keys.untold('id'), (store) => new Untold(store).list()],
    ["alarm's state", keys.alarm('errors'), (store) => new AlarmStates(store).read(['errors'])],
    ["alert's state", keys.alert('Slow'), (store) => new AlertStates(store).firing(['Slow'])],
  ])('is refused by name: a %s', async (_, key, read) => {
    const store = createMemoryStore();
    await store.write([{ put: key, value: { fence: 'one', secret: 'kept back' }, expect: 'absent' }]);
    const error: unknown = await read(store).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(String(error)).toContain(key.sort);
    expect(String(error)).not.toContain('kept back');
  });
});

describe('alerts without end', () => {
  it('fit an item, however long their labels are', async () => {
    const store = createMemoryStore();
    const alert = { name: 'Slow', state: 'alarm', reason: 'Firing.' } as const;
    const told = Array.from({ length: 60 }, (_, index) => ({ ...alert, fingerprint: `${index}${'x'.repeat(20_000)}`, sinceMs: index }));
    await new AlertStates(store).note('Slow', told, 0);
    expect(JSON.stringify(await store.read(keys.alert('Slow'))).length).toBeLessThan(100 * 1024);
    expect(await new AlertStates(store).firing(['Slow'])).toMatchObject([{ state: 'alarm', sinceMs: 59 }]);
  });
});
