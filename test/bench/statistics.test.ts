import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile, statisticOf } from './statistics.ts';

const samples = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 200 });

describe('statistics', () => {
  it.each([
    [[10, 30, 20], 0.5, 20],
    [[10, 20, 30, 40], 0.5, 20],
    [[7], 0.99, 7],
    [Array.from({ length: 200 }, (_, index) => index + 1), 0.99, 198],
  ])('of %j the quantile %d is %d', (of, share, expected) => {
    expect(quantile(of, share)).toBe(expected);
  });

  it('are always one of the samples, and rise with the share', () => {
    fc.assert(
      fc.property(samples, (of) => {
        const [median, p99, max] = (['median', 'p99', 'max'] as const).map((statistic) => statisticOf(of, statistic));
        expect(of).toContain(median);
        expect(median).toBeLessThanOrEqual(p99 ?? 0);
        expect(p99).toBeLessThanOrEqual(max ?? 0);
        expect(max).toBe(of.reduce((a, b) => Math.max(a, b)));
      }),
    );
  });

  it('of nothing are an error, not 0', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});
