import { describe, expect, it } from 'vitest';
import { binomialInterval } from './binomial.ts';

describe('the counts that so many requests may show', () => {
  it.each([
    [100, 0, [0, 0]],
    [100, 1, [100, 100]],
    [1, 0.5, [0, 1]],
    // Heads 20 times in a row has a chance of 0.95 in a million, tails too; 21 times has less than half of one.
    [21, 0.5, [1, 20]],
    [20, 0.5, [0, 20]],
  ])('of %i with probability %f are %j', (requests, probability, interval) => {
    expect(binomialInterval(requests, probability)).toEqual(interval);
  });

  it('lie about five standard deviations either side', () => {
    const [least, most] = binomialInterval(10_000, 0.5);
    expect(Math.abs(least - 4755)).toBeLessThan(5);
    expect(most).toBe(10_000 - least);
  });

  it('are mirrored for the other side', () => {
    const [least, most] = binomialInterval(500, 0.05);
    expect(binomialInterval(500, 0.95)).toEqual([500 - most, 500 - least]);
  });
});
