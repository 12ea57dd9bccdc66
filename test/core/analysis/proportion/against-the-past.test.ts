import { describe, expect, it } from 'vitest';
import type { Block } from '../../../../core/analysis/proportion/block.ts';
import { unknownDispersion } from '../../../../core/analysis/proportion/dispersion.ts';
import { judgeProportion } from '../../../../core/analysis/proportion/judge-proportion.ts';
import { blockOf, same } from './blocks.ts';

/** The verdict on a canary that gets everything after what stable has answered beside it: so many of 1,000 answers are bad, block by block. */
function atFullWeight(before: readonly Block[], ...bad: readonly number[]) {
  const alone = bad.map((count) => blockOf([count, 1000, 0, 0], 1));
  return judgeProportion(
    { name: 'successRate', badMeans: 'failed', margin: { ratio: 1.2, excess: 0.001 }, falseAlarmLevel: 0.01, requests: 1, isAlone: false },
    {
      blocks: [...before, ...alone],
      prior: unknownDispersion,
      stepIndex: 1,
      stepCount: 2,
      weight: 1,
      windowSeconds: 1000,
      lagSeconds: 12,
      mirrored: new Set(),
      silentSeconds: 0,
    },
  ).verdict;
}
const steady = same(100, [10, 1000, 10, 1000], 0);
const times = (count: number, bad: number) => Array<number>(count).fill(bad);

describe('a canary that is held against what stable did before', () => {
  it('is not rolled back for a burst, at the beginning of the step or later', () => {
    expect(atFullWeight(steady, ...times(3, 300))).toBe('pass');
    expect(atFullWeight(steady, ...times(10, 10), ...times(3, 300), ...times(10, 10))).toBe('pass');
    expect(atFullWeight(steady, ...times(20, 10), ...times(5, 300))).toBe('pass');
  });

  it('is rolled back for a fault that stays', () => {
    expect(atFullWeight(steady, ...times(8, 200))).toBe('fail');
    expect(atFullWeight(steady, ...times(5, 10), ...times(10, 200))).toBe('fail');
  });

  it('is rolled back at once where no answer is a good one', () => {
    expect(atFullWeight(steady, ...times(3, 1000))).toBe('fail');
  });

  it('has as much room as stable has needed in its worst stretch, and that twice', () => {
    const wandering = [...same(80, [10, 1000, 10, 1000], 0), ...same(20, [30, 1000, 30, 1000], 0)];
    expect(atFullWeight(wandering, ...times(30, 50))).toBe('pass');
    expect(atFullWeight(steady, ...times(30, 50))).toBe('fail');
    expect(atFullWeight(wandering, ...times(30, 150))).toBe('fail');
  });
});
