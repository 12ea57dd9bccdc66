import { describe, expect, it } from 'vitest';
import type { Clock } from '../../core/ports.ts';

export interface ClockContractOptions {
  /** A sleep, in the clock's own milliseconds, that costs a test nothing. */
  readonly shortMs: number;
  /** How much early a sleep may end, in the same: the machine's timers and its calendar are two clocks. */
  readonly toleranceMs: number;
}

/** Longer than any test, and than setTimeout can wait in one go. */
const foreverMs = 2 ** 40;

/** What every Clock does. */
export function clockContract(name: string, setUp: () => Clock, { shortMs, toleranceMs }: ClockContractOptions): void {
  describe(`${name} as a Clock`, () => {
    it('tells milliseconds since 1970, which never go back', async () => {
      const clock = setUp();
      const before = clock.now();
      expect(before).toBeGreaterThan(Date.UTC(2020, 0, 1));
      await clock.sleep(0);
      expect(clock.now()).toBeGreaterThanOrEqual(before);
    });

    it('sleeps for as long as it is told', async () => {
      const clock = setUp();
      const before = clock.now();
      await clock.sleep(shortMs);
      expect(clock.now() - before).toBeGreaterThanOrEqual(shortMs - toleranceMs);
    });

    it('does not sleep for 0, nor where the signal aborted before', async () => {
      const clock = setUp();
      await clock.sleep(0);
      await clock.sleep(foreverMs, AbortSignal.abort());
    });

    it('wakes without an error when the signal aborts, and not before', async () => {
      const clock = setUp();
      const before = clock.now();
      const controller = new AbortController();
      let awake = false;
      const sleep = clock.sleep(foreverMs, controller.signal).then(() => {
        awake = true;
      });
      await clock.sleep(shortMs);
      expect(awake).toBe(false);
      controller.abort();
      await sleep;
      expect(clock.now() - before).toBeLessThan(foreverMs);
    });

    it('wakes several sleepers in the order of their times', async () => {
      const clock = setUp();
      const woken: string[] = [];
      await Promise.all([clock.sleep(shortMs * 3).then(() => woken.push('later')), clock.sleep(shortMs).then(() => woken.push('sooner'))]);
      expect(woken).toEqual(['sooner', 'later']);
    });
  });
}
