import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

describe('TokenBucket', () => {
  it('gives what it holds at once, and then so much a second', () => {
    const bucket = new TokenBucket({ burst: 3, perSecond: 2 });
    expect([1, 2, 3, 4].map(() => bucket.take(1, 0))).toEqual([true, true, true, false]);
    expect(bucket.take(1, 499)).toBe(false);
    expect(bucket.take(1, 500)).toBe(true);
    expect(bucket.take(1, 500)).toBe(false);
  });

  it('never holds more than its burst, however long nobody asks', () => {
    const bucket = new TokenBucket({ burst: 2, perSecond: 10 });
    bucket.take(2, 0);
    expect([1, 2, 3].map(() => bucket.take(1, 3_600_000))).toEqual([true, true, false]);
  });

  it('lets through from a full bucket what is more than the whole of it, and owes the rest', () => {
    const bucket = new TokenBucket({ burst: 10, perSecond: 10 });
    expect(bucket.take(25, 0)).toBe(true);
    expect(bucket.take(1, 1_500)).toBe(false);
    expect(bucket.take(1, 1_600)).toBe(true);
  });

  it('says how long it takes until what was reserved is there', () => {
    const bucket = new TokenBucket({ burst: 1, perSecond: 10 });
    expect([1, 2, 3].map(() => bucket.reserve(1, 0))).toEqual([0, 100, 200]);
    expect(bucket.reserve(1, 1_000)).toBe(0);
  });

  it('never gives more than its burst and its rate together', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (gapsMs, burst, perSecond) => {
        const bucket = new TokenBucket({ burst, perSecond });
        let nowMs = 0;
        let given = 0;
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          if (bucket.take(1, nowMs)) given += 1;
        }
        expect(given).toBeLessThanOrEqual(burst + (nowMs / 1000) * perSecond + 1e-6);
      }),
    );
  });
});
