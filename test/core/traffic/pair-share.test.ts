import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromPair, withinPair } from '../../../core/traffic/pair-share.ts';
import { splitAt } from '../../../core/traffic/split.ts';

const totals = fc.integer({ min: 100, max: 100_000 });
const weights = totals.chain((totalWeight) => fc.record({ totalWeight: fc.constant(totalWeight), weight: fc.nat({ max: totalWeight }) }));
const pairs = fc.record({ stable: fc.nat({ max: 1_000_000 }), canary: fc.nat({ max: 1_000_000 }) });

describe('the weights of a pair beside other backends', () => {
  it.each([
    [10, 100, 100, { stable: 90, canary: 10 }],
    [10, 100, 50, { stable: 45, canary: 5 }],
    [0, 100, 50, { stable: 50, canary: 0 }],
    [100, 100, 50, { stable: 0, canary: 50 }],
    [1, 100, 1000, { stable: 990, canary: 10 }],
    [1, 1000, 100, undefined],
    [1, 100, 50, undefined],
    [0, 100, 0, { stable: 0, canary: 0 }],
  ])('at %i of %i, where the pair has %i', (weight, totalWeight, pairTotal, expected) => {
    expect(withinPair(splitAt(weight, totalWeight), totalWeight, pairTotal)).toEqual(expected);
  });

  it('are never more or less than the pair had, and never another split than the one asked for', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 100_000 }), ({ totalWeight, weight }, pairTotal) => {
        const asked = splitAt(weight, totalWeight);
        const written = withinPair(asked, totalWeight, pairTotal);
        if (written === undefined) {
          expect((weight * pairTotal) % totalWeight).not.toBe(0);
          return;
        }
        expect(written.stable + written.canary).toBe(pairTotal);
        expect(written.canary * totalWeight).toBe(weight * pairTotal);
        expect(fromPair(written, totalWeight)).toEqual(asked);
      }),
    );
  });

  it('can always be those of a whole side', () => {
    fc.assert(
      fc.property(totals, fc.nat({ max: 100_000 }), (totalWeight, pairTotal) => {
        expect(withinPair(splitAt(0, totalWeight), totalWeight, pairTotal)).toEqual({ stable: pairTotal, canary: 0 });
        expect(withinPair(splitAt(totalWeight, totalWeight), totalWeight, pairTotal)).toEqual({ stable: 0, canary: pairTotal });
      }),
    );
  });
});

describe('what the weights of a pair mean', () => {
  it.each([
    [
      { stable: 45, canary: 5 },
      { stable: 90, canary: 10 },
    ],
    [
      { stable: 1, canary: 2 },
      { stable: 33, canary: 67 },
    ],
    [
      { stable: 9_999, canary: 1 },
      { stable: 99, canary: 1 },
    ],
    [
      { stable: 1, canary: 9_999 },
      { stable: 1, canary: 99 },
    ],
    [
      { stable: 7, canary: 0 },
      { stable: 100, canary: 0 },
    ],
    [
      { stable: 0, canary: 7 },
      { stable: 0, canary: 100 },
    ],
    [
      { stable: 0, canary: 0 },
      { stable: 100, canary: 0 },
    ],
  ])('%j is %j of 100', (pair, expected) => {
    expect(fromPair(pair, 100)).toEqual(expected);
  });

  it('adds up to the total, and is a whole side only where one is', () => {
    fc.assert(
      fc.property(pairs, totals, (pair, totalWeight) => {
        const { stable, canary } = fromPair(pair, totalWeight);
        expect(stable + canary).toBe(totalWeight);
        expect(canary === 0).toBe(pair.canary === 0);
        expect(stable === 0).toBe(pair.stable === 0 && pair.canary > 0);
      }),
    );
  });
});
