import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SmoothWeights } from '../../../sandbox/traffic/smooth-weights.ts';

const choices = (weights: SmoothWeights, count: number) => Array.from({ length: count }, () => weights.next());

describe('smooth weights', () => {
  it('spread the choices', () => {
    expect(choices(new SmoothWeights([5, 1, 1]), 7)).toEqual([0, 0, 1, 0, 2, 0, 0]);
  });

  it('hold each weight exactly in every window of the total, wherever it begins', () => {
    const someWeights = fc.array(fc.nat(60), { minLength: 1, maxLength: 4 }).filter((weights) => weights.some((weight) => weight > 0));
    fc.assert(
      fc.property(someWeights, fc.nat(500), (weights, skip) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const window = choices(new SmoothWeights(weights, skip), total);
        expect(weights.map((_, index) => window.filter((chosen) => chosen === index).length)).toEqual(weights);
      }),
    );
  });

  it('refuse to choose among zeros', () => {
    expect(() => new SmoothWeights([0, 0])).toThrow(RangeError);
  });
});
