import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CostQuestion, costOf, fitsBudget } from '../../../../core/analysis/proportion/cost.ts';
import { budgetOf } from '../../../../core/spec/budget-spec.ts';
import { blockOf, same } from './blocks.ts';

const question: CostQuestion = {
  budget: { badAnswers: 500 },
  isAlone: false,
  weight: 0.05,
  mirrored: new Set(),
  lagSeconds: 12,
  next: { weight: 0.25, seconds: 30 },
  excess: { low: -0.001, high: 0.014 },
  requestsPerSecond: 1000,
};

describe('what a canary costs', () => {
  it('is what it answered badly above what stable would have', () => {
    const cost = costOf(same(6, [5, 500, 19, 9500]), question);
    expect(cost.spent).toBeCloseTo(24, 10);
    expect(cost.underWay).toBeCloseTo((24 / 3000) * 1000 * 0.05 * 12, 10);
    expect(cost.nextAtMost).toBeCloseTo(147, 10);
    expect(cost.budget).toBe(500);
  });

  it('is nothing where both sides suffer alike, whatever their burst', () => {
    const burst = [...same(5, [0, 100, 0, 900]), blockOf([30, 100, 270, 900])];
    expect(costOf(burst, question)).toMatchObject({ spent: 0, underWay: 0 });
  });

  it('is never less than nothing: a canary that is better pays nothing back', () => {
    expect(costOf(same(5, [0, 100, 90, 900]), question)).toMatchObject({ spent: 0, underWay: 0 });
  });

  it('is reckoned by what stable did before where nothing of it answers, and by the objective where it is no baseline', () => {
    const atFull = [...same(5, [1, 100, 9, 900], 0), ...same(5, [30, 1000, 0, 0], 1)];
    expect(costOf(atFull, question).spent).toBeCloseTo(150 - 50, 10);
    expect(costOf(same(5, [3, 100, 90, 900]), { ...question, isAlone: true, allowedAlone: 0.01 }).spent).toBeCloseTo(10, 10);
  });

  it('has under way what the present step costs, not what the steps before did', () => {
    const steps = [...same(5, [50, 100, 0, 900], 0), ...same(5, [0, 100, 0, 900], 1)];
    expect(costOf(steps, question)).toMatchObject({ spent: 250, underWay: 0 });
  });

  it('holds full weight after copies against what stable answered beside them', () => {
    const copiedThenAll = [...same(5, [1, 100, 10, 1000], 0), ...same(5, [10, 1000, 0, 0], 1)];
    expect(costOf(copiedThenAll, { ...question, mirrored: new Set([0]) }).spent).toBeCloseTo(0, 10);
  });

  it('has nothing under way at full weight where the canary does what stable did before', () => {
    const atFull = [...same(5, [10, 100, 9, 900], 0), ...same(5, [10, 1000, 0, 0], 1)];
    expect(costOf(atFull, { ...question, weight: 1 })).toMatchObject({ spent: expect.closeTo(45, 10), underWay: 0 });
  });

  it('is never more than the bad answers that there were', () => {
    const counts = fc.tuple(fc.nat(100), fc.nat(1000), fc.nat(100), fc.nat(9000));
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 20 }), (all) => {
        const blocks = all.map(([bad, good, stableBad, stableGood]) => blockOf([bad, bad + good, stableBad, stableBad + stableGood]));
        const { spent } = costOf(blocks, question);
        expect(spent).toBeGreaterThanOrEqual(0);
        expect(spent).toBeLessThanOrEqual(blocks.reduce((sum, { canary }) => sum + canary.bad, 0) + 1e-9);
      }),
      { seed: 7 },
    );
  });
});

describe('the next step', () => {
  it('fits where what it costs at most is left of the budget', () => {
    expect(fitsBudget({ spent: 24, underWay: 0, budget: 171, nextAtMost: 147 })).toBe(true);
    expect(fitsBudget({ spent: 25, underWay: 0, budget: 171, nextAtMost: 147 })).toBe(false);
    expect(fitsBudget({ spent: 0, underWay: 0, budget: 171 })).toBe(false);
  });
});

describe('a share of an error budget', () => {
  it('is so many bad answers at the traffic that is counted', () => {
    expect(budgetOf({ share: 0.02, objective: 0.999, windowSeconds: 30 * 86_400 }, 100)).toBeCloseTo(5184, 6);
    expect(budgetOf({ badAnswers: 500 }, 100)).toBe(500);
  });
});
