import { describe, expect, it } from 'vitest';
import { StoreConflictError } from '../../core/errors.ts';
import type { Clock, RolloutStore, StoreChange } from '../../core/ports.ts';
import { VirtualClock } from '../../sandbox/clock.ts';

const key = { partition: 'history', sort: 'a' };
const kept = { partition: 'history', sort: 'b' };
const startMs = Date.UTC(2026, 0, 5, 3, 0, 0);
const dayMs = 86_400_000;

/** What every RolloutStore does with history that is older than its retention, whether or not anything has deleted it. */
export function expiringStoreContract(
  name: string,
  setUp: (options: { readonly clock: Clock; readonly retentionDays?: number }) => RolloutStore | Promise<RolloutStore>,
): void {
  const setUpFor = async (retentionDays?: number) => {
    const clock = new VirtualClock({ startMs });
    const store = await setUp({ clock, ...(retentionDays === undefined ? {} : { retentionDays }) });
    const put = (change: Partial<StoreChange & { put: unknown }>) =>
      store.write([{ put: key, value: {}, expect: 'anything', ...change } as StoreChange]);
    const pass = (ms: number) => clock.sleep(ms);
    return { store, put, pass };
  };

  describe(`${name} as a RolloutStore with a retention`, () => {
    it('has no history any more when its retention is over, and until then all of it', async () => {
      const { store, put, pass } = await setUpFor(90);
      await put({ historySinceMs: startMs });
      await put({ put: kept });
      await pass(90 * dayMs - 1);
      expect(await store.read(key)).toMatchObject({ value: {} });
      expect(await store.list('history')).toHaveLength(2);
      await pass(1);
      expect(await store.read(key)).toBeUndefined();
      expect((await store.list('history')).map((item) => item.key)).toEqual([kept]);
    });

    it('keeps for ever what is not said to be history', async () => {
      const { store, put, pass } = await setUpFor(90);
      await put({});
      await pass(10_000 * dayMs);
      expect(await store.read(key)).toMatchObject({ version: 1 });
    });

    it.each([[0], [undefined]])('keeps history for ever with a retention of %s', async (retentionDays) => {
      const { store, put, pass } = await setUpFor(retentionDays);
      await put({ historySinceMs: startMs });
      await pass(10_000 * dayMs);
      expect(await store.read(key)).toMatchObject({ version: 1 });
    });

    it('keeps an item that is written again and is no history any more', async () => {
      const { store, put, pass } = await setUpFor(90);
      await put({ historySinceMs: startMs });
      await put({ value: { again: true } });
      await pass(91 * dayMs);
      expect(await store.read(key)).toMatchObject({ value: { again: true } });
    });

    it('takes history whose retention is over for absent where it is written again', async () => {
      const { store, put, pass } = await setUpFor(90);
      await put({ historySinceMs: startMs, expect: 'absent' });
      await expect(put({ historySinceMs: startMs, expect: 'absent' })).rejects.toThrow(StoreConflictError);
      await pass(90 * dayMs);
      await put({ value: { again: true }, historySinceMs: startMs + 90 * dayMs, expect: 'absent' });
      expect(await store.read(key)).toMatchObject({ value: { again: true } });
    });
  });
}
