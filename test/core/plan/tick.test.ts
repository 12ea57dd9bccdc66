import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planTick } from '../../../core/plan/tick.ts';

describe('a tick', () => {
  it.each([
    { intervalSeconds: 10, remainingSeconds: 1200, waitSeconds: 0, watchSeconds: 840 },
    { intervalSeconds: 9, remainingSeconds: 3600, waitSeconds: 0, watchSeconds: 837 },
    { intervalSeconds: 30, remainingSeconds: 95, waitSeconds: 0, watchSeconds: 95 },
    { intervalSeconds: 31, remainingSeconds: 600, waitSeconds: 31, watchSeconds: 0 },
    { intervalSeconds: 300, remainingSeconds: 120, waitSeconds: 120, watchSeconds: 0 },
    { intervalSeconds: 60, remainingSeconds: 0.4, waitSeconds: 1, watchSeconds: 0 },
    { intervalSeconds: 10, remainingSeconds: 0, waitSeconds: 0, watchSeconds: 0 },
    { intervalSeconds: 10, remainingSeconds: -5, waitSeconds: 0, watchSeconds: 0 },
  ])(
    'of $intervalSeconds s with $remainingSeconds s left waits $waitSeconds s and watches $watchSeconds s',
    ({ waitSeconds, watchSeconds, ...of }) => {
      expect(planTick(of)).toEqual({ waitSeconds, watchSeconds });
    },
  );

  it('W1: makes progress each time, and all of them together are the bake', () => {
    const bake = fc.record({ intervalSeconds: fc.integer({ min: 1, max: 86_400 }), bakeSeconds: fc.integer({ min: 1, max: 30 * 86_400 }) });
    fc.assert(
      fc.property(bake, ({ intervalSeconds, bakeSeconds }) => {
        fc.pre(bakeSeconds / Math.max(intervalSeconds, 200) < 5_000);
        let passed = 0;
        while (passed < bakeSeconds) {
          const { waitSeconds, watchSeconds } = planTick({ intervalSeconds, remainingSeconds: bakeSeconds - passed });
          expect(waitSeconds === 0 || watchSeconds === 0).toBe(true);
          expect(waitSeconds + watchSeconds).toBeGreaterThanOrEqual(1);
          expect(watchSeconds).toBeLessThanOrEqual(840);
          passed += waitSeconds + watchSeconds;
        }
        expect(passed).toBe(bakeSeconds);
      }),
    );
  });
});
