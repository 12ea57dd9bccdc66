import { describe, expect, it } from 'vitest';
import { informationBound } from '../../../../core/analysis/proportion/information-bound.ts';
import { expectedDispersion, requestsEnough, requestsNeeded, smallestSeen } from '../../../../core/analysis/proportion/requests-needed.ts';

const change = { stableShare: 0, canaryShare: 0.01, weight: 0.01, margin: { ratio: 1, excess: 0.001 }, falseAlarmLevel: 0.01 };

describe('the information bound', () => {
  it('is the worked example of its comment', () => {
    expect(informationBound(change)).toBeCloseTo(327.4, 1);
  });

  it('is Wald’s for one share against another where stable does not count', () => {
    const told = 0.05 * Math.log(0.05 / 0.01) + 0.95 * Math.log(0.95 / 0.99);
    const alone = { ...change, canaryShare: 0.05, margin: { ratio: 0, excess: 0.01 } };
    expect(informationBound(alone)).toBeCloseTo(Math.log(100) / told, 6);
  });

  it('is infinite within the margin, and falls with the change and with what stable answers beside it', () => {
    expect(informationBound({ ...change, canaryShare: 0.001 })).toBe(Number.POSITIVE_INFINITY);
    const sizes = [0.002, 0.005, 0.02, 0.1].map((canaryShare) => informationBound({ ...change, stableShare: 0.0005, canaryShare }));
    expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
    const beside = [0.5, 0.25, 0.01].map((weight) => informationBound({ ...change, stableShare: 0.01, canaryShare: 0.02, weight }));
    expect(beside).toEqual([...beside].sort((one, other) => other - one));
  });
});

describe('what a step needs', () => {
  const step = { stableShare: 0.01, weight: 0.1, margin: { ratio: 1.2, excess: 0.001 }, falseAlarmLevel: 0.01, dispersion: 1 };

  it('is reckoned for a canary that is worse by twice the margin', () => {
    expect(smallestSeen(0.01, step.margin)).toBeCloseTo(0.016, 12);
    expect(smallestSeen(0.9, step.margin)).toBe(1);
  });

  it('is more for less change, and for answers in clumps', () => {
    expect(requestsNeeded({ ...step, dispersion: 4 })).toBeCloseTo(4 * requestsNeeded(step), -2);
    expect(requestsNeeded({ ...step, stableShare: 0.001 })).toBeGreaterThan(
      requestsNeeded({ ...step, stableShare: 0.001, margin: { ratio: 1.2, excess: 0.01 } }),
    );
  });

  it('is a third more for nearly all rollouts than on average', () => {
    expect(requestsEnough(step) / requestsNeeded(step)).toBeCloseTo(3 / 2.2, 3);
    expect(requestsEnough({ ...step, stableShare: 1 })).toBe(Number.POSITIVE_INFINITY);
  });

  it('is reckoned with clumps where stable has never answered badly', () => {
    expect(expectedDispersion({ dispersion: 1.5, weight: 2 }, { all: 9000, bad: 0 })).toBe(6);
    expect(expectedDispersion({ dispersion: 1.5, weight: 2 }, { all: 9000, bad: 1 })).toBe(1.5);
  });

  it('is reckoned for the wider margin at full weight: 2.6 % allowed, 4.2 % to be seen', () => {
    const told = 0.042 * Math.log(0.042 / 0.026) + 0.958 * Math.log(0.958 / 0.974);
    expect(requestsNeeded({ ...step, weight: 1 })).toBe(Math.ceil((2.2 * Math.log(100)) / told));
  });
});
