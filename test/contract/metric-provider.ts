import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MetricProvider } from '../../core/metric-ports.ts';

export type SourceTrouble = 'down' | 'throttled' | 'failing' | 'slow';

export interface MetricProviderSetUp {
  readonly provider: MetricProvider;
  /** Queries in the language of the source, and what they answer there. */
  readonly queries: {
    readonly three: string;
    readonly four: string;
    /** Answers nothing, as nobody has measured it. */
    readonly empty: string;
    /** More that are no data, by why: several series, not a number, stale. */
    readonly noData?: Readonly<Record<string, string>>;
    /** What the source refuses, by why. */
    readonly refused?: Readonly<Record<string, string>>;
  };
  /** What the source can be made to do; `slow` is longer than the provider waits. */
  readonly troubles: readonly SourceTrouble[];
  makeTrouble(trouble: SourceTrouble): void;
  endTrouble(): void;
  /** The present of the clock that the provider was given. */
  nowMs(): number;
  tearDown(): Promise<void>;
}

const sentence = /^[A-Z].*\S$/s;

/** What every MetricProvider does. */
export function metricProviderContract(name: string, setUp: () => Promise<MetricProviderSetUp>): void {
  describe(`${name} as a MetricProvider`, () => {
    let at: MetricProviderSetUp;

    beforeEach(async () => {
      at = await setUp();
    });

    afterEach(() => at.tearDown());

    const measureOne = async (query: string) => (await at.provider.measure([{ name: 'metric', query }]))[0];

    it('answers a value with its name and time', async () => {
      const askedAtMs = at.nowMs();
      expect(await at.provider.measure([{ name: 'three', query: at.queries.three }])).toEqual([
        { name: 'three', atMs: askedAtMs, status: 'value', value: 3 },
      ]);
    });

    it('answers in the order asked, also one question twice and among questions without data', async () => {
      const { three, four, empty } = at.queries;
      const asked = [four, three, empty, four].map((query, index) => ({ name: `metric-${index}`, query }));
      const answered = await at.provider.measure(asked);
      expect(answered.map((one) => one.name)).toEqual(asked.map((one) => one.name));
      expect(answered.map((one) => (one.status === 'value' ? one.value : one.status))).toEqual([4, 3, 'noData', 4]);
    });

    it('answers nothing to no question', async () => {
      expect(await at.provider.measure([])).toEqual([]);
    });

    it('answers the same when asked again', async () => {
      expect(await measureOne(at.queries.three)).toMatchObject({ status: 'value', value: 3 });
      expect(await measureOne(at.queries.three)).toMatchObject({ status: 'value', value: 3 });
    });

    it('takes no data for no data, never for 0, and says why (J1)', async () => {
      for (const query of [at.queries.empty, ...Object.values(at.queries.noData ?? {})]) {
        expect(await measureOne(query)).toMatchObject({ status: 'noData', why: expect.stringMatching(sentence) });
      }
    });

    it('takes a question that the source refuses for unavailable, and says why', async () => {
      for (const query of Object.values(at.queries.refused ?? {})) {
        expect(await measureOne(query)).toMatchObject({ status: 'unavailable', why: expect.stringMatching(sentence) });
      }
    });

    it('knows what it would have answered before, at the moments at which there was an answer', async () => {
      const lastAtMs = at.nowMs();
      const past = { lastAtMs, everySeconds: 60, count: 3 };
      expect(await at.provider.history({ name: 'three', query: at.queries.three }, past)).toEqual([{ atMs: lastAtMs, value: 3 }]);
      for (const query of [at.queries.empty, ...Object.values(at.queries.noData ?? {}), ...Object.values(at.queries.refused ?? {})]) {
        expect(await at.provider.history({ name: 'metric', query }, past)).toEqual([]);
      }
    });

    it('knows nothing of before while the source is in trouble, and never throws', async () => {
      for (const trouble of at.troubles) {
        at.makeTrouble(trouble);
        const past = { lastAtMs: at.nowMs(), everySeconds: 60, count: 3 };
        expect(await at.provider.history({ name: 'three', query: at.queries.three }, past), trouble).toEqual([]);
        at.endTrouble();
      }
    });

    it('takes a source in trouble for unavailable, never throws, and measures again afterwards (J2)', async () => {
      for (const trouble of at.troubles) {
        at.makeTrouble(trouble);
        const asked = [at.queries.three, at.queries.empty].map((query, index) => ({ name: `metric-${index}`, query }));
        for (const answered of await at.provider.measure(asked)) {
          expect(answered, trouble).toMatchObject({ status: 'unavailable', why: expect.stringMatching(sentence) });
        }
        at.endTrouble();
        expect(await measureOne(at.queries.three), `after ${trouble}`).toMatchObject({ status: 'value', value: 3 });
      }
    });
  });
}
