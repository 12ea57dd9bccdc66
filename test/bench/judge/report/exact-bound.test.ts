import { describe, expect, it } from 'vitest';
import { upperBound } from './exact-bound.ts';

describe('the exact upper bound', () => {
  it('is what Clopper and Pearson give', () => {
    expect(upperBound(0, 1000)).toBeCloseTo(1 - 0.05 ** (1 / 1000), 9);
    expect(upperBound(5, 100)).toBeCloseTo(0.1023, 4);
    expect(upperBound(4, 1000)).toBeCloseTo(0.00913, 5);
    expect(upperBound(10, 10)).toBe(1);
  });
});
