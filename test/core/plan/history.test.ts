import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedHistoryEvents, historyLimit, intervalsThatFit } from '../../../core/plan/history.ts';
import { planRollout } from '../../../core/plan/plan.ts';
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
