import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type StepAtRisk, worstCost } from '../../../../core/analysis/proportion/worst-cost.ts';

const step: StepAtRisk = {
  weight: 0.01,
  stepSeconds: 300,
  unjudgedSeconds: 0,
  isAlone: false,
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
    const short = worstCost({ ...step, stepSeconds: 120, requestsPerSecond: 20 });
    expect([short.badAnswers.toFixed(1), short.canaryShare.toFixed(2), short.seconds]).toEqual(['6.8', '0.81', 42]);
    const longer = worstCost(step);
    expect([longer.badAnswers.toFixed(1), longer.canaryShare.toFixed(2), longer.seconds]).toEqual(['5.2', '1.00', 52]);
  });

  it('is a version whose every answer is bad where it is noticed within two looks after the one that begins the count', () => {
    expect(worstCost({ ...step, requestsPerSecond: 1000 })).toEqual({ badAnswers: expect.closeTo(319.68, 6), canaryShare: 1, seconds: 32 });
  });

  it('is bounded by a budget, whose spending takes a look to be seen', () => {
    expect(worstCost({ ...step, requestsPerSecond: 1000, budget: 50 })).toMatchObject({
      badAnswers: expect.closeTo(219.78, 6),
      seconds: 22,
    });
  });

  it('is not noticed before the canary is judged', () => {
    expect(worstCost({ ...step, requestsPerSecond: 1000, unjudgedSeconds: 100 })).toMatchObject({ canaryShare: 1, seconds: 132 });
    expect(worstCost({ ...step, requestsPerSecond: 1000, unjudgedSeconds: 300 })).toMatchObject({ canaryShare: 1, seconds: 302 });
  });

  it('grows with the weight and the length of the step, and never beyond all requests of the step', () => {
    const risk = fc.record({
      weight: fc.double({ min: 0.01, max: 1, noNaN: true }),
      requestsPerSecond: fc.double({ min: 0.1, max: 10_000, noNaN: true }),
      stableShare: fc.constantFrom(0, 0.001, 0.01, 0.05),
      stepSeconds: fc.integer({ min: 10, max: 3600 }),
    });
    fc.assert(
      fc.property(risk, (of) => {
        const { badAnswers, seconds } = worstCost({ ...step, ...of });
        expect(badAnswers).toBeLessThanOrEqual(of.requestsPerSecond * of.weight * (of.stepSeconds + step.lagSeconds) * (1 + 1e-9));
        expect(seconds).toBeLessThanOrEqual(of.stepSeconds + step.lagSeconds);
        expect(worstCost({ ...step, ...of, stepSeconds: of.stepSeconds * 2 }).badAnswers).toBeGreaterThanOrEqual(badAnswers);
      }),
      { seed: 11, numRuns: 60 },
    );
  });
});
