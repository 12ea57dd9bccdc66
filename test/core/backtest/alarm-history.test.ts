import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlarmChange, alarmReadingAt } from '../../../core/backtest/alarm-history.ts';

const states = ['ok', 'alarm', 'insufficientData'] as const;
const changesAt = (timesMs: readonly number[]): AlarmChange[] =>
  [Number.NEGATIVE_INFINITY, ...timesMs].map((atMs, index) => ({ atMs, state: states[index % 3] ?? 'ok', reason: `change ${index}` }));

describe('the state of an alarm at a moment', () => {
  it('is that of the newest change at or before it', () => {
    const times = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 20 }).map((all) => all.sort((one, other) => one - other));
    fc.assert(
      fc.property(times, fc.integer({ min: -1, max: 51 }), (timesMs, atMs) => {
        const changes = changesAt(timesMs);
        const { atMs: sinceMs, reason, state } = changes.findLast((each) => each.atMs <= atMs) ?? { atMs: 0, reason: '', state: 'missing' };
        expect(alarmReadingAt('errors', changes, atMs)).toEqual({ name: 'errors', state, reason, sinceMs });
      }),
    );
  });

  it('is unavailable where nothing was recorded', () => {
    expect(alarmReadingAt('errors', [], 5)).toMatchObject({ state: 'unavailable', sinceMs: undefined });
  });

  it('is found in a few steps, since a long replay looks for it in thousands of changes a hundred thousand times', () => {
    let reads = 0;
    const changes = changesAt(Array.from({ length: 50_000 }, (_, index) => index)).map(({ atMs, ...rest }) => ({
      ...rest,
      get atMs() {
        reads += 1;
        return atMs;
      },
    }));
    for (const [atMs, reason] of [
      [0, 'change 1'],
      [24_000.5, 'change 24001'],
      [60_000, 'change 50000'],
    ] as const) {
      reads = 0;
      expect(alarmReadingAt('errors', changes, atMs).reason).toBe(reason);
      expect(reads).toBeLessThan(30);
    }
  });
});
