import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestsEnough } from '../../../core/analysis/proportion/requests-needed.ts';
import { stepNeeds, type UsualAnswers, usualAnswers } from '../../../core/plan/step-needs.ts';

const question = { margin: { ratio: 1.2, excess: 0.001 }, requests: 10, baseline: 'stable' as const };
const usual: UsualAnswers = { requestsPerSecond: 100, badShare: 0.01, dispersion: 1.5, seconds: 1800 };
const level = 0.01;
const step = (weight: number, bakeSeconds = 300, index = 0) => ({ index, weight, bakeSeconds });
const needOf = (
  of: ReturnType<typeof step> & { mirrorWeight?: number },
  answers = usual,
  spec: Parameters<typeof stepNeeds>[2] = question,
) => {
  const [need] = stepNeeds({ steps: [of], totalWeight: 100 }, answers, spec, level);
  if (need === undefined) throw new Error('no step');
  return need;
};
const needed = (weight: number, answers = usual) =>
  requestsEnough({
    stableShare: answers.badShare,
    weight,
    margin: question.margin,
    falseAlarmLevel: level,
    dispersion: answers.dispersion,
  });

describe('what a step needs', () => {
  it('are the requests of the judge, and the time in which the canary gets them at that weight', () => {
    const need = needOf(step(10));
    expect(need).toMatchObject({ canaryRequestsPerSecond: 10, requestsNeeded: needed(0.1) });
    expect(need.secondsNeeded).toBeCloseTo(needed(0.1) / 10);
  });

  it('are at full weight those of a canary that is judged alone', () => {
    expect(needOf(step(100))).toMatchObject({ canaryRequestsPerSecond: 100, requestsNeeded: needed(1) });
  });

  it('goes while requests are mirrored by the part that the copies are of all answers', () => {
    const need = needOf({ ...step(0), mirrorWeight: 50 });
    expect(need).toMatchObject({ weight: 50, mirrored: true, canaryRequestsPerSecond: 50, requestsNeeded: needed(1 / 3) });
  });

  it('are those of an objective where the canary is held to one: at full weight, or everywhere without a baseline', () => {
    const objective = { ...question, allowedAlone: 0.05 };
    const alone = { ratio: 0, excess: 0.05 };
    const { margin } = question;
    const held = (weight: number) =>
      requestsEnough({ stableShare: 0.01, weight, margin, alone, falseAlarmLevel: level, dispersion: usual.dispersion });
    expect(needOf(step(100), usual, objective).requestsNeeded).toBe(held(1));
    expect(needOf(step(10), usual, objective).requestsNeeded).toBe(needed(0.1));
    expect(needOf(step(10), usual, { ...objective, baseline: 'none' }).requestsNeeded).toBe(held(0.1));
  });

  it('are never fewer requests than the spec asks for', () => {
    expect(needOf(step(10), usual, { ...question, requests: 1e6 })).toMatchObject({ requestsNeeded: 1e6, secondsNeeded: 1e5 });
  });

  it('is nothing that could be given where the margin leaves no room', () => {
    const need = needOf(step(50), { ...usual, badShare: 1 });
    expect(need).toMatchObject({ requestsNeeded: undefined, secondsNeeded: undefined, isLongEnough: false, weightThatWouldDo: undefined });
  });

  it('names a weight only below that of the next step', () => {
    const doAtNext = (nextWeight: number) => {
      const steps = [step(1, 4_000, 0), step(nextWeight, 4_000, 1)];
      return stepNeeds({ steps, totalWeight: 100 }, usual, question, level)[0]?.weightThatWouldDo;
    };
    const free = doAtNext(100) ?? 0;
    expect(free).toBeGreaterThan(1);
    expect(doAtNext(free + 1)).toBe(free);
    expect(doAtNext(free)).toBeUndefined();
  });

  it('halves its time where the rate doubles, and a bake as long as that is long enough', () => {
    fc.assert(
      fc.property(
        fc.record({
          weight: fc.integer({ min: 1, max: 99 }),
          requestsPerSecond: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
          badShare: fc.double({ min: 0, max: 0.2, noNaN: true }),
          dispersion: fc.double({ min: 1, max: 8, noNaN: true }),
        }),
        ({ weight, ...answers }) => {
          const own = { ...usual, ...answers };
          const one = needOf(step(weight, 1), own);
          const twice = needOf(step(weight, 1), { ...own, requestsPerSecond: 2 * own.requestsPerSecond });
          const seconds = one.secondsNeeded ?? Number.NaN;
          expect((twice.secondsNeeded ?? Number.NaN) / seconds).toBeCloseTo(0.5);
          expect(needOf(step(weight, seconds), own)).toMatchObject({ isLongEnough: true, weightThatWouldDo: undefined });
          expect(needOf(step(weight, seconds * 0.99), own).isLongEnough).toBe(false);
        },
      ),
    );
  });

  it('is met at the weight that it names', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 98 }), fc.integer({ min: 1, max: 100_000 }), (weight, bakeSeconds) => {
        const { weightThatWouldDo } = needOf(step(weight, bakeSeconds));
        if (weightThatWouldDo === undefined) return;
        expect(weightThatWouldDo).toBeGreaterThan(weight);
        expect(needOf(step(weightThatWouldDo, bakeSeconds)).isLongEnough).toBe(true);
      }),
    );
  });
});

describe('what stable usually answers', () => {
  it('is told by all of its past from its first answer on', () => {
    const past = [
      { all: 0, bad: 0 },
      { all: 600, bad: 6 },
      { all: 0, bad: 0 },
      { all: 1200, bad: 12 },
    ];
    expect(usualAnswers(past, 60)).toMatchObject({ requestsPerSecond: 10, badShare: 0.01, seconds: 180 });
  });

  it('scatters as clumps do where no bad answer was seen, which nobody knows', () => {
    expect(
      usualAnswers(
        [
          { all: 600, bad: 0 },
          { all: 600, bad: 0 },
        ],
        60,
      ),
    ).toMatchObject({ badShare: 0, dispersion: 6 });
  });

  it.each([[[]], [[{ all: 0, bad: 0 }]]])('is unknown where it has answered nothing: %j', (past) => {
    expect(usualAnswers(past, 60)).toBeUndefined();
  });
});
