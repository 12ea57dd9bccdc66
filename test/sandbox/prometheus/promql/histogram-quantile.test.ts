import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bucket, bucketQuantile } from '../../../../sandbox/prometheus/promql/histogram-quantile.ts';
import { ask, askNumber, counting, engineWith, runningTotals } from '../series.ts';

const infinity = Number.POSITIVE_INFINITY;

function buckets(counts: Readonly<Record<string, number>>): Bucket[] {
  return Object.entries(counts).map(([bound, count]) => ({ upperBound: Number(bound), count }));
}

describe('bucketQuantile', () => {
  const latency = buckets({ 0.1: 10, 0.5: 30, Infinity: 30 });

  it.each([
    ['a quarter into the second bucket', latency, 0.5, 0.2],
    ['in the lowest bucket, which begins at 0', latency, 0.1, 0.03],
    ['the bound below the highest bucket', buckets({ 0.1: 10, Infinity: 20 }), 0.9, 0.1],
    ['the bound of a lowest bucket at or below 0', buckets({ '-1': 10, Infinity: 10 }), 0.5, -1],
    ['buckets in any order', latency.toReversed(), 0.5, 0.2],
    ['two buckets with one bound, added', [...buckets({ 1: 5, Infinity: 20 }), { upperBound: 1, count: 5 }], 0.25, 0.5],
    ['counts that fall, raised', buckets({ 1: 10, 2: 5, Infinity: 20 }), 0.5, 1],
    ['-Inf below 0', latency, -0.1, -infinity],
    ['+Inf above 1', latency, 1.1, infinity],
  ])('%s', (_, histogram, quantile, expected) => {
    expect(bucketQuantile(quantile, histogram)).toBeCloseTo(expected, 12);
  });

  it.each([
    ['a quantile that is NaN', latency, Number.NaN],
    ['no observations', buckets({ 1: 0, Infinity: 0 }), 0.5],
    ['no bucket +Inf', buckets({ 1: 5, 2: 6 }), 0.5],
    ['one bucket', buckets({ Infinity: 6 }), 0.5],
    ['no bucket', [], 0.5],
  ])('is NaN for %s', (_, histogram, quantile) => {
    expect(bucketQuantile(quantile, histogram)).toBeNaN();
  });

  it('never falls while the quantile grows, and stays within the finite bounds', () => {
    const counts = fc.array(fc.nat(100), { minLength: 2, maxLength: 12 });
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(counts, unit, unit, (added, one, other) => {
        const histogram = runningTotals([1, ...added]).map((count, index) => ({
          upperBound: index === added.length ? infinity : index + 1,
          count,
        }));
        const low = bucketQuantile(Math.min(one, other), histogram);
        const high = bucketQuantile(Math.max(one, other), histogram);
        expect(low).toBeLessThanOrEqual(high);
        expect(high).toBeLessThanOrEqual(added.length);
      }),
    );
  });
});

/** The expectations of promql/promqltest/testdata/histograms.test. */
describe('histogram_quantile in a query', () => {
  const minute = 60_000;
  const engine = engineWith(5 * minute, {
    'test_bucket{le="0.1",start="positive"}': counting(0, 5, 11),
    'test_bucket{le=".2",start="positive"}': counting(0, 7, 11),
    'test_bucket{le="1e0",start="positive"}': counting(0, 11, 11),
    'test_bucket{le="+Inf",start="positive"}': counting(0, 12, 11),
    'test_bucket{le="-.2",start="negative"}': counting(0, 1, 11),
    'test_bucket{le="-0.1",start="negative"}': counting(0, 2, 11),
    'test_bucket{le="0.3",start="negative"}': counting(0, 2, 11),
    'test_bucket{le="+Inf",start="negative"}': counting(0, 3, 11),
    'malformed{le="Hello World"}': [1],
  });

  it.each([
    [0.2, 'positive', 0.048],
    [0.5, 'positive', 0.15],
    [0.8, 'positive', 0.72],
    [1, 'positive', 1],
    [0, 'negative', -0.2],
    [0.5, 'negative', -0.15],
    [0.8, 'negative', 0.3],
  ])('%d of the %s one', (quantile, start, expected) => {
    const query = `histogram_quantile(${quantile}, test_bucket{start="${start}"})`;
    expect(askNumber(engine, query, 50 * minute)).toBeCloseTo(expected, 9);
    const ofRate = `histogram_quantile(${quantile}, rate(test_bucket{start="${start}"}[10m]))`;
    expect(askNumber(engine, ofRate, 50 * minute)).toBeCloseTo(expected, 9);
  });

  it('answers one sample per histogram, without le and name', () => {
    expect(ask(engine, 'histogram_quantile(1, test_bucket)', 50 * minute)).toEqual(['{start="negative"} 0.3', '{start="positive"} 1']);
  });

  it('warns of a bound that is no number, and of a quantile beyond 0 to 1', () => {
    expect(engine.instant('histogram_quantile(0.5, malformed)', 0)).toMatchObject({
      result: { samples: [] },
      warnings: [expect.stringContaining('bucket label "le" is missing or has a malformed value of "Hello World"')],
    });
    expect(engine.instant('histogram_quantile(2, test_bucket)', 0).warnings).toEqual([
      'PromQL warning: quantile value should be between 0 and 1, got 2',
    ]);
  });
});
