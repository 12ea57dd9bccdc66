import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestPatienceMs, patienceMs } from '../../../core/analysis/patience.ts';

const usual = { holdMs: 300_000, intervalMs: 60_000 };

describe('the patience of a look that is throttled', () => {
  it.each([
    ['has none at first', 0, 0],
    ['has next to none after a minute', 60_000, 160],
    ['has ten seconds after four', 240_000, 10_240],
    ['has all of it once a source that is down would have had its hold', 300_000, 20_000],
    ['has no more after that', 3_600_000, 20_000],
  ])('%s', (_what, throttledForMs, expected) => {
    expect(patienceMs({ ...usual, throttledForMs })).toBeCloseTo(expected, 6);
  });

  it('is never longer than an interval, and whole where there is no hold', () => {
    expect(patienceMs({ throttledForMs: 300_000, holdMs: 300_000, intervalMs: 10_000 })).toBe(10_000);
    expect(patienceMs({ throttledForMs: 0, holdMs: 0, intervalMs: 60_000 })).toBe(longestPatienceMs);
  });

  it('grows with the time without an answer, and is bounded', () => {
    const times = fc.tuple(fc.integer({ min: -1000, max: 10_000_000 }), fc.nat(1_000_000), fc.nat(3_600_000), fc.nat(3_600_000));
    fc.assert(
      fc.property(times, ([throttledForMs, more, holdMs, intervalMs]) => {
        const first = patienceMs({ throttledForMs, holdMs, intervalMs });
        const later = patienceMs({ throttledForMs: throttledForMs + more, holdMs, intervalMs });
        expect(later).toBeGreaterThanOrEqual(first);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(later).toBeLessThanOrEqual(Math.min(intervalMs, longestPatienceMs));
      }),
    );
  });
});
