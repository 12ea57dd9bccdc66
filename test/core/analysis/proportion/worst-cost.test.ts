import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type StepAtRisk, worstCost } from '../../../../core/analysis/proportion/worst-cost.ts';

const step: StepAtRisk = {
  weight: 0.01,
  bakeSeconds: 300,
  intervalSeconds: 10,
  lagSeconds: 2,
  requestsPerSecond: 10,
  stableShare: 0.001,
  margin: { ratio: 1.2, excess: 0.001 },
  falseAlarmLevel: 0.01,
  dispersion: 1.5,
};

describe('what a step may cost at worst', () => {
  it('is a version between hardly worse and wholly broken where traffic is little', () => {
    const { badAnswers, canaryShare, seconds } = worstCost(step);
    expect([badAnswers.toFixed(1), canaryShare.toFixed(2), seconds]).toEqual(['4.8', '0.17', 292]);
  });

  it('is a version whose every answer is bad where it is noticed within two looks', () => {
    expect(worstCost({ ...step, requestsPerSecond: 1000 })).toEqual({ badAnswers: expect.closeTo(219.78, 6), canaryShare: 1, seconds: 22 });
  });

  it('is bounded by a budget, whose spending takes a look to be seen', () => {
    expect(worstCost({ ...step, requestsPerSecond: 1000, budget: 50 })).toMatchObject({
      badAnswers: expect.closeTo(119.88, 6),
      seconds: 12,
    });
  });

  it('grows with the weight and the bake, and never beyond all requests of the step', () => {
    const risk = fc.record({
      weight: fc.double({ min: 0.01, max: 1, noNaN: true }),
      requestsPerSecond: fc.double({ min: 0.1, max: 10_000, noNaN: true }),
      stableShare: fc.constantFrom(0, 0.001, 0.01, 0.05),
      bakeSeconds: fc.integer({ min: 10, max: 3600 }),
    });
    fc.assert(
      fc.property(risk, (of) => {
        const { badAnswers, seconds } = worstCost({ ...step, ...of });
        expect(badAnswers).toBeLessThanOrEqual(of.requestsPerSecond * of.weight * (of.bakeSeconds + step.lagSeconds) * (1 + 1e-9));
        expect(seconds).toBeLessThanOrEqual(of.bakeSeconds + step.lagSeconds);
        expect(worstCost({ ...step, ...of, bakeSeconds: of.bakeSeconds * 2 }).badAnswers).toBeGreaterThanOrEqual(badAnswers);
      }),
      { seed: 11, numRuns: 60 },
    );
  });
});
