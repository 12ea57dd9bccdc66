import { describe, expect, it } from 'vitest';
import { coarsen, costUntil, type Stretch } from '../../../core/backtest/course.ts';

const stretch = (index: number, canary: readonly [number, number], stable: readonly [number, number]): Stretch => ({
  fromMs: index * 10_000,
  toMs: (index + 1) * 10_000,
  canary: { all: canary[0], bad: canary[1] },
  stable: { all: stable[0], bad: stable[1] },
});

describe('what a canary cost', () => {
  const course = [stretch(0, [400, 4], [4_000, 40]), stretch(1, [600, 56], [5_000, 50]), stretch(2, [1_000, 100], [9_000, 90])];

  it('is its bad answers above what they would have been at the share of stable', () => {
    expect(costUntil(course, 20_000)).toEqual({ canary: { all: 1_000, bad: 60 }, stable: { all: 9_000, bad: 90 }, aboveBaseline: 50 });
    expect(costUntil(course, 30_000).aboveBaseline).toBeCloseTo(160 - 0.01 * 2_000);
  });

  it('is below 0 where it was better', () => {
    expect(costUntil([stretch(0, [100, 0], [100, 10])], 10_000).aboveBaseline).toBe(-10);
  });

  it('is not known where stable has answered nothing', () => {
    expect(costUntil([stretch(0, [100, 10], [0, 0])], 10_000).aboveBaseline).toBeUndefined();
    expect(costUntil([], 10_000).aboveBaseline).toBeUndefined();
  });
});

describe('a course that is drawn', () => {
  it('has no more stretches than there is room for, and loses no answer', () => {
    const course = Array.from({ length: 101 }, (_, index) => stretch(index, [index, 1], [10, 2]));
    const drawn = coarsen(course, 20);
    expect(drawn.length).toBeLessThanOrEqual(20);
    expect([drawn[0]?.fromMs, drawn.at(-1)?.toMs]).toEqual([0, 1_010_000]);
    expect(drawn.reduce((sum, { canary }) => sum + canary.all, 0)).toBe(5_050);
    expect(coarsen([], 20)).toEqual([]);
  });
});
