import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../seeded-random.ts';
import { createDraw } from './draw.ts';

const count = 20_000;

function momentsOf(draw: () => number): { mean: number; variance: number } {
  const values = Array.from({ length: count }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count };
}

describe('a draw', () => {
  it.each([0.01, 0.8, 5, 59, 61, 4_000])('of independent events at a mean of %d has that mean, and that variance', (mean) => {
    const draw = createDraw(seededRandom(1));
    const moments = momentsOf(() => draw.poisson(mean));
    expect(moments.mean).toBeCloseTo(mean, -Math.log10(6 * Math.sqrt(mean / count)) - 0.5);
    expect(moments.variance / mean).toBeGreaterThan(0.9);
    expect(moments.variance / mean).toBeLessThan(1.1);
  });

  it.each([
    [20, 0.3],
    [50, 0.9],
    [100, 0.01],
    [100, 0.05],
    [150, 0.2],
    [1_000, 0.001],
    [1_000, 0.4],
    [100_000, 0.003],
  ])('of %d answers with a share of %d has their mean and variance, and never more than all', (all, share) => {
    const draw = createDraw(seededRandom(2));
    const moments = momentsOf(() => {
      const bad = draw.binomial(all, share);
      expect(bad >= 0 && bad <= all && Number.isInteger(bad)).toBe(true);
      return bad;
    });
    expect(moments.mean / (all * share)).toBeGreaterThan(0.95);
    expect(moments.mean / (all * share)).toBeLessThan(1.05);
    expect(moments.variance / (all * share * (1 - share))).toBeGreaterThan(0.9);
    expect(moments.variance / (all * share * (1 - share))).toBeLessThan(1.1);
  });

  it('of nothing is nothing, and of certainty everything', () => {
    const draw = createDraw(seededRandom(3));
    expect([draw.poisson(0), draw.binomial(0, 0.5), draw.binomial(10, 0), draw.binomial(10, 1)]).toEqual([0, 0, 0, 10]);
  });
});
