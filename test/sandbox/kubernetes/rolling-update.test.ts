import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRecreation, planRollingUpdate, rollingBudget } from '../../../sandbox/kubernetes/rolling-update.ts';

const quarter = { type: 'RollingUpdate' as const, rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } };

describe('rollingBudget', () => {
  it.each([
    [1, 1, 0],
    [3, 1, 0],
    [4, 1, 1],
    [5, 2, 1],
    [10, 3, 2],
  ])('of %i replicas lets %i more come and %i be missing', (replicas, maxSurge, maxUnavailable) => {
    expect(rollingBudget(replicas, quarter)).toEqual({ maxSurge, maxUnavailable });
  });

  it('never stands still', () => {
    const none = { type: 'RollingUpdate' as const, rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } };
    expect(rollingBudget(4, none)).toEqual({ maxSurge: 0, maxUnavailable: 1 });
  });
});

describe('planRollingUpdate', () => {
  const budget = { maxSurge: 1, maxUnavailable: 1 };
  const nothing = { create: 0, removeNew: 0, removeOldUnavailable: 0, removeOldAvailable: 0 };
  it.each([
    [
      'starts with the surge and what may be missing',
      4,
      { total: 0, available: 0 },
      { total: 4, available: 4 },
      { create: 1, removeOldAvailable: 1 },
    ],
    ['waits while new pods are not available', 4, { total: 2, available: 0 }, { total: 3, available: 3 }, {}],
    ['lets an old pod go for a new one', 4, { total: 2, available: 1 }, { total: 3, available: 3 }, { removeOldAvailable: 1 }],
    ['takes old pods that do not serve first', 4, { total: 2, available: 1 }, { total: 3, available: 2 }, { removeOldUnavailable: 1 }],
    ['removes what is too many', 2, { total: 4, available: 4 }, { total: 0, available: 0 }, { removeNew: 2 }],
    ['is done', 4, { total: 4, available: 4 }, { total: 0, available: 0 }, {}],
  ])('%s', (_what, replicas, current, old, expected) => {
    expect(planRollingUpdate(replicas, budget, current, old)).toEqual({ ...nothing, ...expected });
  });

  const counts = fc.nat(12).chain((total) => fc.record({ total: fc.constant(total), available: fc.nat(total) }));
  it('never goes beyond the surge, nor takes an available pod that is needed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        counts,
        counts,
        (replicas, surge, missing, current, old) => {
          const limits = { maxSurge: surge, maxUnavailable: surge === 0 ? Math.max(1, missing) : missing };
          const plan = planRollingUpdate(replicas, limits, current, old);
          const total = current.total + old.total;
          if (plan.create > 0) expect(total + plan.create).toBeLessThanOrEqual(replicas + limits.maxSurge);
          if (plan.removeOldAvailable > 0) {
            expect(current.available + old.available - plan.removeOldAvailable).toBeGreaterThanOrEqual(replicas - limits.maxUnavailable);
          }
          expect(plan.removeOldAvailable).toBeLessThanOrEqual(old.available);
          expect(plan.removeOldUnavailable).toBeLessThanOrEqual(old.total - old.available);
        },
      ),
    );
  });
});

describe('planRecreation', () => {
  it('lets all old pods go before a new one comes', () => {
    const none = { total: 0, available: 0 };
    expect(planRecreation(3, none, { total: 3, available: 2 })).toMatchObject({
      create: 0,
      removeOldUnavailable: 1,
      removeOldAvailable: 2,
    });
    expect(planRecreation(3, none, none)).toMatchObject({ create: 3 });
  });
});
