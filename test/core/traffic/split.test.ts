import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameSplit, split, splitAt, wholeSide, wholeSplit } from '../../../core/traffic/split.ts';

const totals = fc.integer({ min: 100, max: 100_000 });
const weights = totals.chain((totalWeight) => fc.record({ totalWeight: fc.constant(totalWeight), weight: fc.nat({ max: totalWeight }) }));

describe('a split', () => {
  it.each([
    [0, 100, { stable: 100, canary: 0 }],
    [5, 100, { stable: 95, canary: 5 }],
    [100, 100, { stable: 0, canary: 100 }],
    [1, 1000, { stable: 999, canary: 1 }],
  ])('at weight %i of %i', (weight, totalWeight, expected) => {
    expect(splitAt(weight, totalWeight)).toEqual(expected);
  });

  it("sums up to the total for every weight, and says the canary's share", () => {
    fc.assert(
      fc.property(weights, ({ weight, totalWeight }) => {
        const { stable, canary } = splitAt(weight, totalWeight);
        expect(stable + canary).toBe(totalWeight);
        expect(canary).toBe(weight);
        expect(split.safeParse({ stable, canary }).success).toBe(true);
      }),
    );
  });

  it.each([-1, 101, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses the weight %d of 100', (weight) => {
    expect(() => splitAt(weight, 100)).toThrow(RangeError);
    expect(() => splitAt(weight, 100)).toThrow('is not an integer from 0 to 100');
  });

  it('refuses every weight beyond the total', () => {
    fc.assert(
      fc.property(totals, fc.integer({ min: 1 }), (total, more) => {
        expect(() => splitAt(total + more, total)).toThrow(RangeError);
      }),
    );
  });

  it('is parsed only with both sides, as whole numbers that are not negative', () => {
    for (const other of [{ stable: 100 }, { stable: 100.5, canary: 0 }, { stable: 101, canary: -1 }, { stable: 1, canary: 1, other: 1 }]) {
      expect(split.safeParse(other).success).toBe(false);
    }
  });
});

describe('one side', () => {
  it.each(['stable', 'canary'] as const)('%s can have everything, and then is the whole side', (side) => {
    fc.assert(
      fc.property(totals, (totalWeight) => {
        const whole = wholeSplit(side, totalWeight);
        expect(whole[side]).toBe(totalWeight);
        expect(wholeSide(whole)).toBe(side);
      }),
    );
  });

  it('is none while traffic is split', () => {
    expect(wholeSide({ stable: 99, canary: 1 })).toBeUndefined();
    expect(wholeSide({ stable: 1, canary: 99 })).toBeUndefined();
  });
});

describe('two splits', () => {
  it('are the same where both sides are', () => {
    expect(sameSplit({ stable: 95, canary: 5 }, { stable: 95, canary: 5 })).toBe(true);
    expect(sameSplit({ stable: 95, canary: 5 }, { stable: 94, canary: 5 })).toBe(false);
    expect(sameSplit({ stable: 95, canary: 5 }, { stable: 95, canary: 6 })).toBe(false);
  });
});
