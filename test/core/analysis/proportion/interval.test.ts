import { describe, expect, it } from 'vitest';
import { excessInterval } from '../../../../core/analysis/proportion/interval.ts';
import { createDraw } from '../../../bench/judge/draw.ts';
import { seededRandom } from '../../../seeded-random.ts';
import { blockOf, same } from './blocks.ts';

const options = { level: 0.05, dispersion: 1 };

describe('the interval of the excess', () => {
  it('is everything where nothing was counted', () => {
    expect(excessInterval([], options)).toEqual({ low: -1, high: 1 });
  });

  it('lies around the difference of the shares, the closer the more is counted', () => {
    const widths = [1, 10, 100].map((blocks) => {
      const { low, high } = excessInterval(same(blocks, [50, 1000, 100, 9000]), options);
      expect(low).toBeLessThan(0.05 - 100 / 9000);
      expect(high).toBeGreaterThan(0.05 - 100 / 9000);
      return high - low;
    });
    expect(widths[1]).toBeLessThan((widths[0] ?? 0) / 2);
    expect(widths[2]).toBeLessThan((widths[1] ?? 0) / 2);
  });

  it('is below 0 where the canary is better', () => {
    expect(excessInterval(same(30, [1, 1000, 450, 9000]), options).high).toBeLessThan(0);
  });

  it('is wider where answers come in clumps', () => {
    const blocks = same(10, [50, 1000, 100, 9000]);
    const [narrow, wide] = [excessInterval(blocks, options), excessInterval(blocks, { ...options, dispersion: 4 })];
    expect(wide.low).toBeLessThan(narrow.low);
    expect(wide.high).toBeGreaterThan(narrow.high);
  });

  it('holds the truth at every look, in at least 95 of 100 rollouts', () => {
    const draw = createDraw(seededRandom(7));
    const held = Array.from({ length: 100 }, () => {
      const blocks = Array.from({ length: 20 }, () => blockOf([draw.binomial(100, 0.03), 100, draw.binomial(900, 0.01), 900]));
      return [5, 10, 15, 20].every((count) => {
        const { low, high } = excessInterval(blocks.slice(0, count), options);
        return low <= 0.02 && 0.02 <= high;
      });
    });
    expect(held.filter(Boolean).length).toBeGreaterThanOrEqual(95);
  });
});
