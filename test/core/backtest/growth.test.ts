import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growthQuery } from '../../../adapters/metrics/share-queries.ts';
import { answersBetween, growthOf, hasPoints } from '../../../core/backtest/growth.ts';
import type { Points } from '../../../core/backtest/points.ts';
import { QueryEngine } from '../../../sandbox/prometheus/query-engine.ts';
import { SeriesStore } from '../../../sandbox/prometheus/series-store.ts';

const stepMs = 10_000;
/** A counter at each step: its value, or undefined where it was not there. */
const points = (values: readonly (number | undefined)[]): Points<number> => {
  const present = values.flatMap((value, index) => (value === undefined ? [] : [{ atMs: index * stepMs, value }]));
  return { timesMs: present.map(({ atMs }) => atMs), values: present.map(({ value }) => value) };
};
const growth = (values: readonly (number | undefined)[], from = 0, to = values.length - 1) =>
  growthOf([points(values)], from * stepMs, to * stepMs, stepMs);

describe('by how much counters have grown', () => {
  it.each<[string, readonly (number | undefined)[], number]>([
    ['the difference', [5, 7, 12], 7],
    ['what it came to since it was begun anew, where it fell', [50, 60, 8], 8],
    ['all of a series that was not there before', [undefined, undefined, 8], 8],
    ['nothing of one that has vanished', [5, 9, undefined], 0],
  ])('is %s', (_, values, expected) => {
    expect(growth(values)).toBe(expected);
  });

  it('is nothing of a series that was missed at the beginning: nobody knows how much of it is new', () => {
    expect(growth([5, undefined, 9], 1, 2)).toBe(0);
    const longGone = [5, ...Array.from({ length: 100 }, () => undefined), 9];
    expect(growth(longGone, 100, 101)).toBe(9);
  });

  it('takes a point for what the counter says until the next one is due', () => {
    expect(growthOf([points([5, 9])], 4_000, 19_999, stepMs)).toBe(4);
    expect(growthOf([points([5, 9])], 4_000, 20_000, stepMs)).toBe(0);
  });

  it('of bad answers is what the good ones leave, where a histogram counts those', () => {
    const side = { all: [points([10, 30])], bad: { allBut: [points([8, 25])] } };
    expect(answersBetween(side, 0, stepMs, stepMs)).toEqual({ all: 20, bad: 3 });
  });

  it('is not known where nothing was recorded', () => {
    expect([0, 1, 2].map((step) => hasPoints([points([5, undefined, 9])], step * stepMs, stepMs))).toEqual([true, false, true]);
  });

  it('is what Prometheus answers to the query that production asks, whatever vanishes, returns, or begins anew', () => {
    const value = fc.option(fc.nat(50), { nil: undefined, freq: 3 });
    const series = fc.array(fc.array(value, { minLength: 30, maxLength: 30 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(series, fc.nat(28), fc.integer({ min: 1, max: 29 }), (all, from, length) => {
        const to = Math.min(29, from + length);
        const store = new SeriesStore({ retentionMs: 3_600_000 });
        const startMs = 1_000_000;
        for (const [index, values] of all.entries()) {
          for (const [step, each] of values.entries()) {
            store.append({ __name__: 'requests_total', pod: `pod-${index}` }, startMs + step * stepMs, each ?? 'stale');
          }
        }
        const engine = new QueryEngine(store, { lookbackMs: 300_000 });
        const query = growthQuery('requests_total{pod=~".*"}', (to - from) * stepMs);
        const { result } = engine.instant(query, startMs + to * stepMs);
        const asked = result.type === 'vector' ? result.samples[0]?.value : undefined;
        expect(growthOf(all.map(points), from * stepMs, to * stepMs, stepMs)).toBe(asked);
      }),
    );
  });
});
