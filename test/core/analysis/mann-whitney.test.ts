import { describe, expect, it } from 'vitest';
import { shiftOf } from '../../../core/analysis/mann-whitney.ts';

describe('the shift by Mann and Whitney', () => {
  it('is the estimate of Hodges and Lehmann for the permeability of membranes (Hollander, Wolfe, table 4.1)', () => {
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    const shift = shiftOf(term, early, 1.96);
    expect(shift?.estimate).toBeCloseTo(0.305, 3);
    expect(shift?.low).toBeLessThan(0);
    expect(shift?.high).toBeGreaterThan(0.6);
  });

  it('is above 0 for certain where the samples do not overlap', () => {
    const low = Array.from({ length: 12 }, (_, index) => index / 100);
    const high = low.map((value) => value + 5);
    const shift = shiftOf(high, low, 2.326);
    expect(shift?.estimate).toBeCloseTo(5, 6);
    expect(shift?.low).toBeGreaterThan(4.8);
    expect(shiftOf(low, high, 2.326)?.high).toBeLessThan(-4.8);
  });

  it('is the worked example of its comment', () => {
    expect(shiftOf([1.1, 2.2, 3.3, 4.4], [0.1, 0.2, 0.3, 0.4], 2.326)?.estimate).toBeCloseTo(2.5, 6);
  });

  it('is nothing where a side has no values, and 0 where all are equal', () => {
    expect(shiftOf([], [1], 2)).toBeUndefined();
    expect(shiftOf([1], [], 2)).toBeUndefined();
    expect(shiftOf([3, 3, 3], [3, 3, 3], 2)).toEqual({ low: 0, high: 0, estimate: 0 });
  });
});
