import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growth, instantGrowth } from '../../../../sandbox/prometheus/promql/rate.ts';
import { askNumber, counting, engineWith, runningTotals } from '../series.ts';

/** Values at every 15 s, the first at 15 s. */
function every15s(values: readonly number[]) {
  return values.map((value, index) => ({ atMs: (index + 1) * 15_000, value }));
}

describe('growth', () => {
  it.each([
    // 45 s are sampled, 15 s apart; the range begins 15 s before the first sample, which is within 1.1 distances.
    ['a gauge to both bounds', [0, 1, 2, 3], 60, false, 4],
    // The same, but the counter was 0 at the first sample.
    ['a counter not to before its zero', [0, 1, 2, 3], 60, true, 3],
    // Zero is 5 s before the first sample: (45 + 5) / 45 of 9.
    ['a counter to where it would be zero', [1, 4, 7, 10], 60, true, 10],
    // The end is 40 s away, more than 16.5 s: half a distance is added. (45 + 15 + 7.5) / 45 of 3.
    ['by half a distance where the bound is far', [100, 101, 102, 103], 100, true, 4.5],
    // It grew by 2, was reset, and grew from 0 to 2.
    ['a counter over a reset', [100, 102, 1, 2], 60, true, 4 * (60 / 45)],
    ['a counter that stands still', [7, 7, 7, 7], 60, true, 0],
  ])('extrapolates %s', (_, values, toSeconds, isCounter, expected) => {
    expect(growth({ points: every15s(values), fromMs: 0, toMs: toSeconds * 1000 }, isCounter)).toBeCloseTo(expected, 12);
  });

  it('is unknown for one sample', () => {
    expect(growth({ points: every15s([1]), fromMs: 0, toMs: 60_000 }, true)).toBeUndefined();
  });

  it('of a counter is never negative, whatever resets there are', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 2, maxLength: 40 }), (values) => {
        const points = every15s(values);
        const range = { points, fromMs: 0, toMs: points.length * 15_000 + 5_000 };
        expect(growth(range, true)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('of a counter without resets is at least what was counted, and at most a distance more on either side', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 2, maxLength: 40 }), (steps) => {
        const totals = runningTotals(steps);
        const points = every15s(totals);
        const counted = (totals.at(-1) ?? 0) - (totals[0] ?? 0);
        const grown = growth({ points, fromMs: 0, toMs: points.length * 15_000 }, true) ?? Number.NaN;
        expect(grown).toBeGreaterThanOrEqual(counted);
        expect(grown).toBeLessThanOrEqual(counted * (1 + 1.1 / (points.length - 1)) + 1e-9);
      }),
    );
  });
});

describe('instantGrowth', () => {
  it.each([
    ['irate', [1, 5, 20], true, 1],
    ['irate over a reset', [1, 5, 3], true, 0.2],
    ['idelta', [1, 5, 3], false, -2],
  ])('%s takes the last two samples', (_, values, perSecond, expected) => {
    expect(instantGrowth(every15s(values), perSecond)).toBeCloseTo(expected, 12);
  });
});

/** The expectations of promql/promqltest/testdata/functions.test. */
describe('rate, increase, irate, delta and idelta in a query', () => {
  const minute = 60_000;
  const engine = engineWith(5 * minute, {
    'requests{path="/foo"}': counting(0, 10, 11),
    'requests{path="/bar"}': [...counting(0, 18, 6), ...counting(0, 18, 6)],
    'gauge{path="/foo"}': counting(0, 50, 11),
    'gauge{path="/bar"}': counting(200, -50, 11),
  });

  it.each([
    ['rate(requests{path="/foo"}[15m])', 10 / 300],
    ['rate(requests{path="/foo"}[50m])', 10 / 300],
    ['increase(requests{path="/foo"}[50m])', 100],
    // (0, 50m]: 18 up to 90, reset, then 0 to 72. It grew by 144 in 45 min, and its zero is 5 min before the first sample.
    ['increase(requests{path="/bar"}[50m])', 160],
    ['irate(requests{path="/foo"}[50m])', 10 / 300],
    ['delta(gauge{path="/foo"}[20m])', 200],
    ['delta(gauge{path="/bar"}[20m])', -200],
    ['idelta(gauge{path="/bar"}[20m])', -50],
  ])('%s', (query, expected) => {
    expect(askNumber(engine, query, 50 * minute)).toBeCloseTo(expected, 9);
  });

  it('answers nothing for a range that holds one sample', () => {
    expect(engine.instant('rate(requests[5m])', 50 * minute).result).toEqual({ type: 'vector', samples: [] });
  });
});
