import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planTick } from '../../../core/plan/tick.ts';

describe('a tick', () => {
  it.each([
    { intervalSeconds: 10, isWatched: true, remainingSeconds: 1200, waitSeconds: 0, watchSeconds: 840 },
    { intervalSeconds: 9, isWatched: true, remainingSeconds: 3600, waitSeconds: 0, watchSeconds: 837 },
    { intervalSeconds: 30, isWatched: true, remainingSeconds: 95, waitSeconds: 0, watchSeconds: 95 },
    { intervalSeconds: 10, isWatched: false, remainingSeconds: 1200, waitSeconds: 10, watchSeconds: 0 },
    { intervalSeconds: 300, isWatched: false, remainingSeconds: 120, waitSeconds: 120, watchSeconds: 0 },
    { intervalSeconds: 60, isWatched: false, remainingSeconds: 0.4, waitSeconds: 1, watchSeconds: 0 },
    { intervalSeconds: 10, isWatched: true, remainingSeconds: 0, waitSeconds: 0, watchSeconds: 0 },
    { intervalSeconds: 10, isWatched: false, remainingSeconds: -5, waitSeconds: 0, watchSeconds: 0 },
  ])(
    'of $intervalSeconds s, watched: $isWatched, with $remainingSeconds s left waits $waitSeconds s and watches $watchSeconds s',
    ({ waitSeconds, watchSeconds, remainingSeconds, ...pace }) => {
      expect(planTick(pace, remainingSeconds)).toEqual({ waitSeconds, watchSeconds });
    },
  );

  it('W1: makes progress each time, and all of them together are the bake', () => {
    const bake = fc.record({
      intervalSeconds: fc.integer({ min: 1, max: 86_400 }),
      isWatched: fc.boolean(),
      bakeSeconds: fc.integer({ min: 1, max: 30 * 86_400 }),
    });
    fc.assert(
      fc.property(bake, ({ intervalSeconds, isWatched, bakeSeconds }) => {
        fc.pre(isWatched ? intervalSeconds <= 30 : bakeSeconds / intervalSeconds < 5_000);
        fc.pre(bakeSeconds / Math.max(intervalSeconds, 200) < 5_000);
        let passed = 0;
        while (passed < bakeSeconds) {
          const { waitSeconds, watchSeconds } = planTick({ intervalSeconds, isWatched }, bakeSeconds - passed);
          expect(waitSeconds === 0 || watchSeconds === 0).toBe(true);
          expect(waitSeconds + watchSeconds).toBeGreaterThanOrEqual(1);
          expect(watchSeconds).toBeLessThanOrEqual(isWatched ? 840 : 0);
          passed += waitSeconds + watchSeconds;
        }
        expect(passed).toBe(bakeSeconds);
      }),
    );
  });
});
