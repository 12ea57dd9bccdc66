import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { InvalidInputError, StoreConflictError } from '../../core/errors.ts';
import type { RolloutStore, StoreChange, StoredItem, StoreExpectation } from '../../core/ports.ts';

const key = { partition: 'checkout', sort: 'rollout#1' };
const other = { partition: 'checkout', sort: 'rollout#2' };

/** Any value that a store keeps, fields with odd names included. */
const storable = fc.dictionary(
  fc.string({ minLength: 1, unit: 'grapheme' }),
  fc.anything({
    values: [
      fc.string({ unit: 'grapheme' }),
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc.double({ min: -1e100, max: 1e100, noNaN: true }).map((n) => (Math.abs(n) < 1e-100 ? 0 : n)),
    ],
    key: fc.string({ minLength: 1, unit: 'grapheme' }),
    maxDepth: 3,
  }),
);

/** What every RolloutStore does. `setUp` gives one that is empty. */
export function rolloutStoreContract(name: string, setUp: () => RolloutStore | Promise<RolloutStore>): void {
  describe(`${name} as a RolloutStore`, () => {
    let store: RolloutStore;
    beforeEach(async () => {
      store = await setUp();
    });

    const put = (at: typeof key, value: StoredItem['value'], expect: StoreExpectation = 'anything') =>
      store.write([{ put: at, value, expect }]);

    describe('reading', () => {
      it('answers undefined for an item that does not exist, and an empty list for its partition', async () => {
        expect(await store.read(key)).toBeUndefined();
        expect(await store.list('checkout')).toEqual([]);
      });

      it('returns what was written, with its key and a version that grows by one with each write', async () => {
        await put(key, { phase: 'pending' });
        expect(await store.read(key)).toEqual({ key, value: { phase: 'pending' }, version: 1 });
        await put(key, { phase: 'progressing', fence: 1 });
        expect(await store.read(key)).toEqual({ key, value: { phase: 'progressing', fence: 1 }, version: 2 });
      });

      it('lists one partition, ascending by the bytes of sort', async () => {
        const sorts = ['b', 'a', 'é', 'a#10', 'a#9', '😀', '\uffee', 'B'];
        for (const sort of sorts) await put({ partition: 'checkout', sort }, { sort });
        await put({ partition: 'check', sort: 'a' }, {});
        const listed = await store.list('checkout');
        expect(listed.map((item) => item.key.sort)).toEqual(['B', 'a', 'a#10', 'a#9', 'b', 'é', '\uffee', '😀']);
        expect(listed.map((item) => item.value)).toEqual(listed.map((item) => ({ sort: item.key.sort })));
      });

      it('shares no object with its callers', async () => {
        const value = { steps: [{ weight: 5 }] };
        await put(key, value);
        value.steps.push({ weight: 10 });
        const read = await store.read(key);
        (read?.value['steps'] as unknown[]).length = 0;
        expect((await store.read(key))?.value).toEqual({ steps: [{ weight: 5 }] });
      });
    });

    describe('values', () => {
      it('come back as they were', async () => {
        await fc.assert(
          fc.asyncProperty(storable, async (value) => {
            await put(key, value);
            expect((await store.read(key))?.value).toEqual(value);
          }),
          { numRuns: 50 },
        );
      });

      it('lose the fields that are undefined', async () => {
        await put(key, { kept: 1, dropped: undefined, inner: { dropped: undefined } });
        expect((await store.read(key))?.value).toStrictEqual({ kept: 1, inner: {} });
      });

      it.each([
        ['NaN', Number.NaN],
        ['Infinity', Number.POSITIVE_INFINITY],
        ['a number beyond 1e126', 1e200],
        ['a number nearer to 0 than 1e-130', 1e-200],
        ['a bigint', 1n],
        ['a function', () => 1],
        ['a Date', new Date(0)],
        ['a Map', new Map()],
        ['undefined in a list', [undefined]],
        ['a hole in a list', new Array(1)],
      ])('refuse %s, and nothing is written', async (_, found) => {
        const write = store.write([
          { put: other, value: {}, expect: 'anything' },
          { put: key, value: { inner: [{ found }] }, expect: 'anything' },
        ]);
        await expect(write).rejects.toThrow(InvalidInputError);
        await expect(write).rejects.toThrow('value.inner[0].found');
        expect(await store.list('checkout')).toEqual([]);
      });
    });

    describe('expectations', () => {
      const holds: [string, StoreExpectation][] = [
        ['anything', 'anything'],
        ['its version', { version: 2 }],
        ['its fields', { where: { fence: 3, phase: 'paused', held: true } }],
        ['that it exists', { where: {} }],
      ];
      const fails: [string, StoreExpectation][] = [
        ['absence', 'absent'],
        ['an older version', { version: 1 }],
        ['a newer version', { version: 3 }],
        ['another field', { where: { fence: 4 } }],
        ['one field that holds and one that does not', { where: { fence: 3, phase: 'pending' } }],
        ['a field of another type', { where: { fence: '3' } }],
        ['a field that it does not have', { where: { actor: 'anna' } }],
        ['a field whose name reads like a path', { where: { 'inner.fence': 3 } }],
        ['a field that every object inherits', { where: { constructor: 'x' } }],
      ];

      beforeEach(async () => {
        await put(key, {});
        await put(key, { fence: 3, phase: 'paused', held: true, inner: { fence: 3 } });
      });

      it.each(holds)('a put that expects %s is done', async (_, expected) => {
        await put(key, { fence: 4 }, expected);
        expect(await store.read(key)).toMatchObject({ value: { fence: 4 }, version: 3 });
      });

      it.each(holds)('a removal that expects %s is done', async (_, expected) => {
        await store.write([{ remove: key, expect: expected }]);
        expect(await store.read(key)).toBeUndefined();
      });

      it.each(fails)('a put that expects %s is refused', async (_, expected) => {
        await expect(put(key, { fence: 4 }, expected)).rejects.toThrow(StoreConflictError);
        expect(await store.read(key)).toMatchObject({ value: { fence: 3 }, version: 2 });
      });

      it.each(fails)('a removal that expects %s is refused', async (_, expected) => {
        await expect(store.write([{ remove: key, expect: expected }])).rejects.toThrow(StoreConflictError);
        expect(await store.read(key)).toMatchObject({ version: 2 });
      });

      it.each<[string, StoreExpectation]>([
        ['a version', { version: 1 }],
        ['fields', { where: { fence: 3 } }],
        ['that it exists', { where: {} }],
      ])('an item that does not exist fails an expectation of %s', async (_, expected) => {
        await expect(put(other, {}, expected)).rejects.toThrow(StoreConflictError);
        await expect(store.write([{ remove: other, expect: expected }])).rejects.toThrow(StoreConflictError);
        expect(await store.read(other)).toBeUndefined();
      });

      it('absence holds for an item that does not exist, or no longer', async () => {
        await put(other, { fence: 1 }, 'absent');
        await store.write([{ remove: other, expect: 'anything' }]);
        await put(other, { fence: 2 }, 'absent');
        expect(await store.read(other)).toEqual({ key: other, value: { fence: 2 }, version: 1 });
      });

      it('removing what does not exist is no error', async () => {
        await store.write([{ remove: other, expect: 'anything' }]);
        await store.write([{ remove: other, expect: 'absent' }]);
        expect(await store.read(other)).toBeUndefined();
      });

      it('the error of a refused write names the item and what to do', async () => {
        await expect(put(key, {}, 'absent')).rejects.toThrow('checkout / rollout#1');
        await expect(put(key, {}, 'absent')).rejects.toThrow('Read it again');
      });
    });

    describe('several changes', () => {
      it('are all done', async () => {
        await put(other, { phase: 'queued' });
        await store.write([
          { put: key, value: { phase: 'pending' }, expect: 'absent' },
          { remove: other, expect: { version: 1 } },
        ]);
        expect((await store.list('checkout')).map((item) => item.key)).toEqual([key]);
      });

      it('are none of them done where one expectation fails, and the error names that item', async () => {
        await put(other, { fence: 2 });
        const write = store.write([
          { put: key, value: {}, expect: 'absent' },
          { put: other, value: {}, expect: { where: { fence: 1 } } },
        ]);
        await expect(write).rejects.toThrow(StoreConflictError);
        await expect(write).rejects.toThrow('checkout / rollout#2');
        await expect(write).rejects.not.toThrow('checkout / rollout#1');
        expect(await store.list('checkout')).toEqual([{ key: other, value: { fence: 2 }, version: 1 }]);
      });

      it.each([
        ['holds', { fence: 2 }, true],
        ['does not hold', { fence: 1 }, false],
      ])('hang on a check of another item that %s, which stays as it is', async (_, where, done) => {
        await put(other, { fence: 2 });
        const write = store.write([
          { check: other, where },
          { put: key, value: {}, expect: 'absent' },
        ]);
        if (done) await write;
        else await expect(write).rejects.toThrow(StoreConflictError);
        expect((await store.read(key)) !== undefined).toBe(done);
        expect((await store.read(other))?.version).toBe(1);
      });

      it('may be a check alone', async () => {
        await put(key, { fence: 2 });
        await store.write([{ check: key, where: { fence: 2 } }]);
        await expect(store.write([{ check: key, where: { fence: 1 } }])).rejects.toThrow(StoreConflictError);
        await expect(store.write([{ check: other, where: {} }])).rejects.toThrow(StoreConflictError);
      });

      it('may be none', async () => {
        await store.write([]);
        expect(await store.list('checkout')).toEqual([]);
      });

      it('may be a hundred, and no more', async () => {
        const changes = (count: number): StoreChange[] =>
          Array.from({ length: count }, (_, index) => ({
            put: { partition: 'many', sort: `${index}` },
            value: { index },
            expect: 'absent',
          }));
        await expect(store.write(changes(101))).rejects.toThrow('100 is the most');
        expect(await store.list('many')).toEqual([]);
        await store.write(changes(100));
        expect(await store.list('many')).toHaveLength(100);
      });

      it('may not name one item twice', async () => {
        const write = store.write([
          { put: key, value: {}, expect: 'anything' },
          { check: key, where: {} },
        ]);
        await expect(write).rejects.toThrow(InvalidInputError);
        expect(await store.read(key)).toBeUndefined();
      });

      it('may not have an empty key', async () => {
        await expect(put({ partition: 'checkout', sort: '' }, {})).rejects.toThrow(InvalidInputError);
        await expect(put({ partition: '', sort: 'a' }, {})).rejects.toThrow(InvalidInputError);
      });
    });

    it('lets exactly one of several writers that read the same version win', async () => {
      await put(key, { fence: 0 });
      const writers = Array.from({ length: 8 }, (_, index) => put(key, { fence: index + 1 }, { version: 1 }));
      const outcomes = await Promise.allSettled(writers);
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
      const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      expect(errors.every((error) => error instanceof StoreConflictError)).toBe(true);
      const winner = outcomes.findIndex((outcome) => outcome.status === 'fulfilled');
      expect(await store.read(key)).toEqual({ key, value: { fence: winner + 1 }, version: 2 });
    });
  });
}
