import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../../../core/analysis/proportion/block.ts';
import { alternatives, logEvidence, rolloutEvidence, weigh } from '../../../../core/analysis/proportion/evidence.ts';
import type { Margin } from '../../../../core/analysis/proportion/margin.ts';
import { blockOf, same } from './blocks.ts';

const plain: Margin = { ratio: 1, excess: 0 };
const usual: Margin = { ratio: 1.2, excess: 0.001 };

function evidenceOf(blocks: readonly Block[], { stepCount = 1, capsLoudest = false, dispersion = 1, margin = usual } = {}): number {
  const weighed = blocks.map((block) => weigh(block, margin));
  return rolloutEvidence(weighed, stepCount, { capsLoudest, dispersion });
}

/** The mean of what a block says over all counts that are possible, counted out. */
function meanFactor(
  sides: { canaryAll: number; stableAll: number; canaryShare: number; stableShare: number },
  margin: Margin,
  factor: number,
) {
  let mean = 0;
  for (let canaryBad = 0; canaryBad <= sides.canaryAll; canaryBad += 1) {
    for (let stableBad = 0; stableBad <= sides.stableAll; stableBad += 1) {
      const likely = binomial(sides.canaryAll, canaryBad, sides.canaryShare) * binomial(sides.stableAll, stableBad, sides.stableShare);
      mean += likely * Math.exp(logEvidence(blockOf([canaryBad, sides.canaryAll, stableBad, sides.stableAll]), margin, factor));
    }
  }
  return mean;
}

function binomial(all: number, bad: number, share: number): number {
  let ways = 1;
  for (let index = 1; index <= bad; index += 1) ways = (ways * (all - bad + index)) / index;
  return ways * share ** bad * (1 - share) ** (all - bad);
}

describe('what one block says', () => {
  it('is the worked example of its comment', () => {
    expect(Math.exp(logEvidence(blockOf([5, 100, 9, 900]), plain, 4))).toBeCloseTo(26, 0);
  });

  it('is no evidence on average, whatever the shares are, as long as the canary is within its margin', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({ canaryAll: fc.integer({ min: 1, max: 9 }), stableAll: fc.integer({ min: 1, max: 9 }) }),
        fc.record({ ratio: fc.constantFrom(0, 0.5, 1, 1.2, 3), excess: fc.constantFrom(0, 0.001, 0.05) }),
        fc.constantFrom(...alternatives),
        share,
        share,
        (sizes, margin, factor, stableShare, part) => {
          const canaryShare = part * Math.min(1, margin.ratio * stableShare + margin.excess);
          expect(meanFactor({ ...sizes, canaryShare, stableShare }, margin, factor)).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is no evidence on average that a canary is better than a margin that it is not better than', () => {
    const margin = { ratio: 1, excess: 0.1 };
    for (const factor of alternatives) {
      const worse = { canaryAll: 8, stableAll: 8, stableShare: 0.2 };
      expect(meanFactor({ ...worse, canaryShare: 0.3 }, margin, 1 / factor)).toBeLessThanOrEqual(1 + 1e-9);
      expect(meanFactor({ ...worse, canaryShare: 0.5 }, margin, 1 / factor)).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it('is evidence on average where the canary is worse than its margin', () => {
    expect(meanFactor({ canaryAll: 9, stableAll: 9, canaryShare: 0.8, stableShare: 0.1 }, usual, 4)).toBeGreaterThan(1);
  });

  it('is nothing without answers of the canary, or of stable that it is compared with', () => {
    expect(logEvidence(blockOf([0, 0, 5, 100]), usual, 4)).toBe(0);
    expect(logEvidence(blockOf([5, 100, 0, 0]), usual, 4)).toBe(0);
  });

  it('judges the canary alone where stable does not count: by likelihood ratio of a share above the one that is allowed', () => {
    const alone = { ratio: 0, excess: 0.02 };
    expect(logEvidence(blockOf([5, 100, 0, 0]), alone, 4)).toBeCloseTo(5 * Math.log(4) - 0.02 * 3 * 100, 12);
    expect(logEvidence(blockOf([5, 100, 7, 50]), alone, 4)).toBeCloseTo(5 * Math.log(4) - 0.02 * 3 * 100, 12);
  });
});

describe('the evidence of a rollout', () => {
  it('is none at the beginning', () => {
    expect(evidenceOf([])).toBe(1);
  });

  it('is the same however its blocks are cut, while the sides keep their proportion', () => {
    const whole = [blockOf([6, 300, 9, 900])];
    expect(evidenceOf(same(3, [2, 100, 3, 300]))).toBeCloseTo(evidenceOf(whole), 9);
  });

  it('grows with each bad answer of the canary', () => {
    const counts = [0, 1, 2, 5, 9].map((bad) => evidenceOf(same(10, [bad, 100, 9, 900])));
    expect(counts).toEqual([...counts].sort((one, other) => one - other));
    expect(counts[0]).toBeLessThan(1);
    expect(counts.at(-1)).toBeGreaterThan(1e6);
  });

  it('falls with the dispersion', () => {
    const blocks = same(10, [5, 100, 9, 900]);
    expect(Math.log(evidenceOf(blocks, { dispersion: 3 }))).toBeLessThan(Math.log(evidenceOf(blocks)) / 2);
  });

  it('is not made by one block, however loud', () => {
    const healthy = same(20, [1, 100, 9, 900]);
    const blip = blockOf([60, 100, 9, 900]);
    expect(evidenceOf([...healthy, blip])).toBeGreaterThan(1e9);
    expect(evidenceOf([...healthy, blip], { capsLoudest: true })).toBeLessThan(2);
    expect(evidenceOf([blip], { capsLoudest: true })).toBe(1);
  });

  it('is made by two', () => {
    expect(evidenceOf(same(2, [30, 100, 9, 900]), { capsLoudest: true })).toBeGreaterThan(100);
  });

  it('needs no second look at a canary of which every answer is bad, three blocks in a row', () => {
    const dead = [blockOf([4, 4, 0, 396]), blockOf([9, 9, 0, 391]), blockOf([4, 4, 0, 396])];
    const capped = (count: number) => evidenceOf(dead.slice(0, count), { capsLoudest: true });
    expect(capped(3)).toBe(evidenceOf(dead));
    expect(capped(2)).toBeLessThan(evidenceOf(dead.slice(0, 2)));
    const answered = [...dead.slice(0, 2), blockOf([4, 5, 0, 396])];
    expect(evidenceOf(answered, { capsLoudest: true })).toBeLessThan(evidenceOf(answered));
  });

  it('passes over blocks without the canary when it looks for such a row', () => {
    const dead = [blockOf([4, 4, 0, 396]), blockOf([0, 0, 0, 400]), blockOf([9, 9, 0, 391]), blockOf([4, 4, 0, 396])];
    expect(evidenceOf(dead, { capsLoudest: true })).toBe(evidenceOf(dead));
  });

  it('begins anew with each step, so that a canary is not protected by what it did before', () => {
    const before = same(60, [0, 1000, 10, 1000], 0);
    const after = same(6, [25, 1000, 10, 1000], 1);
    const all = [...before, ...after];
    expect(evidenceOf(all)).toBeLessThan(1e-9);
    expect(evidenceOf(all, { stepCount: 5 })).toBeGreaterThan(100);
  });

  it('keeps its level by that: the whole counts for half, and each later step for an equal part of the other half', () => {
    expect(evidenceOf([], { stepCount: 5 })).toBe(0.5);
    const [one, other] = [same(4, [5, 100, 9, 900], 0), same(4, [5, 100, 9, 900], 1)];
    const expected = 0.5 * evidenceOf([...one, ...other]) + (0.5 / 4) * evidenceOf(other);
    expect(evidenceOf([...one, ...other], { stepCount: 5 })).toBeCloseTo(expected, 6);
  });
});
