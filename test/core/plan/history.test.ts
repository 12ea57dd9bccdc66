import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsPerTick, expectedHistoryEvents, historyLimit, intervalsThatFit, paceOf, stretchTick } from '../../../core/plan/history.ts';
import { planRollout } from '../../../core/plan/plan.ts';
import { planTick } from '../../../core/plan/tick.ts';
import { planInput } from './plan-input.ts';

const holds = { noData: { holdSeconds: 300, onDeadline: 'abort' }, sourceDown: { holdSeconds: 300, onDeadline: 'abort' } } as const;

describe('the execution history that a rollout uses', () => {
  it('counts every tick of bakes and holds', () => {
    expect(expectedHistoryEvents(planRollout(planInput({ intervalSeconds: 60 })), holds)).toBe(500 + 60 + 71 * 14);
  });

  it('is small where short intervals are watched inside a Lambda', () => {
    const every = (intervalSeconds: number) => expectedHistoryEvents(planRollout(planInput({ intervalSeconds })), holds);
    expect(every(1)).toBeLessThan(every(60));
    expect(every(30)).toBeLessThan(every(31));
  });

  it('does not count what the deadline cuts off', () => {
    const steps = [{ weight: 100, bakeSeconds: 3_600, pause: { forSeconds: 20 * 86_400, onDeadline: 'abort' as const } }];
    const events = (rolloutSeconds: number) =>
      expectedHistoryEvents(planRollout(planInput({ steps, intervalSeconds: 60, rolloutSeconds })), holds);
    expect(events(7_200)).toBe(500 + 60 + 121 * 14);
    expect(events(30 * 86_400)).toBeGreaterThan(historyLimit);
  });

  it('fits at the intervals that it proposes, and not at a shorter one that is waited for', () => {
    const bakes = fc.array(fc.integer({ min: 20, max: 5 * 86_400 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(bakes, (list) => {
        const steps = list.map((bakeSeconds, index) => ({ weight: index + 1, bakeSeconds }));
        const planWith = (intervalSeconds: number) => planRollout(planInput({ steps, intervalSeconds, rolloutSeconds: 30 * 86_400 }));
        const events = (intervalSeconds: number) => expectedHistoryEvents(planWith(intervalSeconds), holds);
        const { atLeastSeconds, atMostSeconds } = intervalsThatFit(planWith(60), holds);
        for (const proposed of [atLeastSeconds ?? [], atMostSeconds ?? []].flat()) {
          expect(events(proposed)).toBeLessThanOrEqual(historyLimit);
          expect(proposed).toBeLessThanOrEqual(Math.min(...list));
        }
        if (atLeastSeconds !== undefined && atLeastSeconds > 31) expect(events(atLeastSeconds - 1)).toBeGreaterThan(historyLimit);
      }),
    );
  });

  it('has no interval to propose where the steps alone are too many', () => {
    const plan = planRollout(planInput({ steps: { linear: { by: 1, bakeSeconds: 60 } }, totalWeight: 1_000 }));
    expect(intervalsThatFit(plan, holds)).toEqual({});
  });
});

describe('who waits from one look to the next', () => {
  const isWatched = (intervalSeconds: number, { pauseSeconds = 0, isCrowded = false } = {}) => {
    const steps = [{ weight: 100, bakeSeconds: 3_600, pause: { forSeconds: pauseSeconds, onDeadline: 'abort' as const } }];
    return paceOf(planRollout(planInput({ steps, intervalSeconds, rolloutSeconds: 2 * 86_400 })), holds, isCrowded).isWatched;
  };

  it('is a Lambda up to 30 s', () => {
    expect([1, 10, 30, 31].map((intervalSeconds) => isWatched(intervalSeconds))).toEqual([true, true, true, false]);
  });

  it('is the state machine in a crowd, whatever the interval', () => {
    expect([5, 10, 30, 31].map((intervalSeconds) => isWatched(intervalSeconds, { isCrowded: true }))).not.toContain(true);
  });

  it('is a Lambda in a crowd too, where the history would not last', () => {
    expect(isWatched(1, { isCrowded: true })).toBe(true);
    expect([10, 30, 31, 60].map((interval) => isWatched(interval, { isCrowded: true, pauseSeconds: 86_400 }))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('a rollout that takes longer than its plan', () => {
  const holdsFor = (holdSeconds: number) =>
    ({ noData: { holdSeconds, onDeadline: 'abort' }, sourceDown: { holdSeconds, onDeadline: 'abort' } }) as const;
  const plan = planRollout(planInput({ intervalSeconds: 60, rolloutSeconds: 30 * 86_400 }));
  const pace = paceOf(plan, holds, false);
  const tick = { waitSeconds: 60, watchSeconds: 0 };

  it('goes on at its interval for as many rounds as were planned', () => {
    expect(stretchTick(tick, { plan, holds, pace, ticks: 71, leftSeconds: 30 * 86_400 })).toEqual(tick);
  });

  it('is then looked at so often that its history lasts until the deadline', () => {
    expect(stretchTick(tick, { plan, holds, pace, ticks: 72, leftSeconds: 30 * 86_400 })).toEqual({ waitSeconds: 1_776, watchSeconds: 0 });
  });

  it('waits between its watches where a Lambda watches it', () => {
    const watched = planRollout(planInput({ intervalSeconds: 30, rolloutSeconds: 30 * 86_400 }));
    const stretched = stretchTick(
      { waitSeconds: 0, watchSeconds: 840 },
      { plan: watched, holds, pace: paceOf(watched, holds, false), ticks: 100, leftSeconds: 30 * 86_400 },
    );
    expect(stretched.watchSeconds).toBe(840);
    expect(stretched.waitSeconds).toBeGreaterThan(840);
  });

  it('is never looked at more often than without', () => {
    expect(stretchTick(tick, { plan, holds, pace, ticks: 100, leftSeconds: 3_600 })).toEqual(tick);
  });

  it('reaches its deadline within 25,000 events, whatever the plan that lint lets through', () => {
    const plans = fc.record({
      bakes: fc.array(fc.integer({ min: 31, max: 86_400 }), { minLength: 1, maxLength: 20 }),
      intervalSeconds: fc.integer({ min: 1, max: 600 }),
      deadlineSeconds: fc.integer({ min: 3_600, max: 30 * 86_400 }),
      holdSeconds: fc.integer({ min: 0, max: 3_600 }),
      isCrowded: fc.boolean(),
    });
    fc.assert(
      fc.property(plans, ({ bakes, intervalSeconds, deadlineSeconds, holdSeconds, isCrowded }) => {
        const steps = bakes.map((bakeSeconds, index) => ({ weight: index + 1, bakeSeconds }));
        const made = planRollout(planInput({ steps, intervalSeconds, rolloutSeconds: deadlineSeconds }));
        const bounds = holdsFor(holdSeconds);
        fc.pre(expectedHistoryEvents(made, bounds) <= historyLimit);
        const kept = paceOf(made, bounds, isCrowded);
        let ticks = 0;
        for (let atSeconds = 0; atSeconds < deadlineSeconds; ticks += 1) {
          const leftSeconds = deadlineSeconds - atSeconds;
          const usual = planTick(kept, leftSeconds);
          const { waitSeconds, watchSeconds } = stretchTick(usual, { plan: made, holds: bounds, pace: kept, ticks, leftSeconds });
          atSeconds += waitSeconds + watchSeconds;
        }
        expect(500 + steps.length * 60 + ticks * eventsPerTick).toBeLessThan(22_100);
      }),
    );
  });
});
