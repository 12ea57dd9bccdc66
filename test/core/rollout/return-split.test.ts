import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capacityToReturnTo, lacksCapacity, returnSplit } from '../../../core/rollout/return-split.ts';
import type { SideReadiness } from '../../../core/rollout/safe-split.ts';

describe("T7: what of stable's capacity may be missing", () => {
  it.each([
    [4, 4, false, 'nothing is missing'],
    [4, 3, false, 'one pod restarts'],
    [4, 2, true, 'two of four are gone'],
    [1, 0, false, 'the only one restarts: which side is safe is for another rule'],
    [2, 1, false, 'one of two restarts'],
    [2, 0, true, 'both are gone'],
    [3, 1, true, 'two of three are gone'],
    [10, 8, false, 'a fifth of many'],
    [10, 7, true, 'more than a fifth'],
    [100, 80, false, 'a fifth of many more'],
    [100, 79, true, 'more than a fifth of many more'],
    [4, 9, false, 'there are more than in the beginning'],
    [0, 0, false, 'it began with none'],
  ])('of %i pods %i are ready: gone is %s, since %s', (beganWith, stable, gone) => {
    expect(lacksCapacity({ stable, canary: 1 }, beganWith)).toBe(gone);
  });

  it.each<[SideReadiness, string]>([
    [{ stable: undefined, canary: 2 }, "stable's pods are not known"],
    [{ stable: 1, canary: undefined }, "the canary's pods are not known"],
    [{ stable: 1, canary: 0 }, 'the canary has none to answer meanwhile'],
  ])('counts as there with %o, since %s', (ready) => {
    expect(lacksCapacity(ready, 10)).toBe(false);
    expect(returnSplit(ready, { beganWith: 10, canaryWeight: 100 }, 100)).toEqual({ stable: 100, canary: 0 });
  });
});

describe('T7: the next step back', () => {
  it.each([
    [4, 1, 100, { stable: 25, canary: 75 }],
    [4, 2, 100, { stable: 50, canary: 50 }],
    [4, 3, 100, { stable: 100, canary: 0 }],
    [4, 1, 50, { stable: 50, canary: 50 }],
    [4, 1, 25, { stable: 75, canary: 25 }],
    [4, 1, 20, { stable: 100, canary: 0 }],
    [4, 1, 0, { stable: 100, canary: 0 }],
    [10, 7, 100, { stable: 70, canary: 30 }],
    [1000, 1, 100, { stable: 1, canary: 99 }],
    [4, 0, 60, { stable: 40, canary: 60 }],
  ])('from %i pods, with %i ready and %i on the canary, is %o', (beganWith, stable, canaryWeight, split) => {
    expect(returnSplit({ stable, canary: 4 }, { beganWith, canaryWeight }, 100)).toEqual(split);
  });

  const count = fc.option(fc.nat({ max: 30 }), { nil: undefined });
  const ready = fc.record({ stable: count, canary: count });
  const situation = fc
    .integer({ min: 100, max: 100_000 })
    .chain((totalWeight) =>
      fc.record({ totalWeight: fc.constant(totalWeight), canaryWeight: fc.nat({ max: totalWeight }), beganWith: fc.nat({ max: 30 }) }),
    );

  it('T3, T5: sums to the total, and never gives the canary more than it has', () => {
    fc.assert(
      fc.property(ready, situation, (counts, { totalWeight, ...now }) => {
        const { stable, canary } = returnSplit(counts, now, totalWeight);
        expect(stable + canary).toBe(totalWeight);
        expect(canary).toBeGreaterThanOrEqual(0);
        expect(canary).toBeLessThanOrEqual(now.canaryWeight);
      }),
    );
  });

  it('T1: gives a stable without a ready pod nothing while the canary has one, and leaves a canary without one nothing', () => {
    fc.assert(
      fc.property(situation, fc.nat({ max: 30 }), ({ totalWeight, ...now }, pods) => {
        const nothing = returnSplit({ stable: 0, canary: pods + 1 }, now, totalWeight);
        if (lacksCapacity({ stable: 0, canary: pods + 1 }, now.beganWith)) expect(nothing.canary).toBe(now.canaryWeight);
        expect(returnSplit({ stable: pods, canary: 0 }, now, totalWeight).canary).toBe(0);
      }),
    );
  });

  it('never takes from stable as its pods return, and gives it everything when enough of them have', () => {
    fc.assert(
      fc.property(situation, fc.nat({ max: 30 }), ({ totalWeight, ...now }, pods) => {
        const less = returnSplit({ stable: pods, canary: 1 }, now, totalWeight);
        const more = returnSplit({ stable: pods + 1, canary: 1 }, now, totalWeight);
        expect(more.stable).toBeGreaterThanOrEqual(less.stable);
        expect(returnSplit({ stable: now.beganWith, canary: 1 }, now, totalWeight).canary).toBe(0);
      }),
    );
  });

  it('gives stable no more than its ready pods carry, as long as that is less than four fifths', () => {
    fc.assert(
      fc.property(situation, fc.integer({ min: 1, max: 30 }), ({ totalWeight, beganWith }, pods) => {
        const { stable } = returnSplit({ stable: pods, canary: 1 }, { beganWith, canaryWeight: totalWeight }, totalWeight);
        if (pods < 0.8 * beganWith - 1) expect(stable).toBeLessThanOrEqual(Math.max(1, (totalWeight * pods) / beganWith));
      }),
    );
  });
});

describe('T7: the capacity that traffic returns to', () => {
  it.each<[Parameters<typeof capacityToReturnTo>[0], number | undefined, string]>([
    [{ stableReady: 4 }, 4, 'that many were ready'],
    [{}, undefined, 'the record is from before it was kept'],
    [{ stableReady: 4, returnUntilMs: 1001 }, 4, 'there is time yet'],
    [{ stableReady: 4, returnUntilMs: 1000 }, undefined, 'the time is over'],
  ])('of %o is %s, since %s', (record, expected) => {
    expect(capacityToReturnTo(record, 1000)).toBe(expected);
  });
});
