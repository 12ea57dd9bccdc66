import { describe, expect, it } from 'vitest';
import type { Block } from '../../../core/analysis/proportion/block.ts';
import { seededRandom } from '../../seeded-random.ts';
import { createDraw } from './draw.ts';
import { bakedInDoubt, bakedOnce } from './measure-doubt.ts';
import type { Course } from './rule.ts';
import { blocksPerStep, drawCourse, weights } from './world.ts';

const options = { margin: { ratio: 1.2, excess: 0.001 }, falseAlarmLevel: 0.01, steps: weights };

/** Two bakes for each step; so many bad answers of the canary's hundred in each block of a bake, on average. */
function courseOf(badOf: (stepIndex: number, bake: number) => number): Course {
  const bakes = weights.flatMap((_, stepIndex) => [0, 1].map((bake) => ({ stepIndex, bad: badOf(stepIndex, bake) })));
  const blocks = bakes.flatMap(({ stepIndex, bad }) =>
    Array.from({ length: blocksPerStep }, (_, index): Block => {
      return {
        stepIndex,
        canary: { all: 100, bad: Math.floor(bad * (index + 1)) - Math.floor(bad * index) },
        stable: { all: 900, bad: 9 + (index % 2) },
      };
    }),
  );
  return { history: [], blocks };
}
const blocksAt = ({ blocks }: Course, stepIndex: number) => blocks.filter((block) => block?.stepIndex === stepIndex).length;

describe('a rollout whose steps are baked twice in doubt', () => {
  it('has the first bake of each step where nothing leans against the canary', () => {
    const course = courseOf(() => 1);
    expect(bakedInDoubt(course, options)).toEqual({ ...bakedOnce(course), longerBlocks: 0 });
    expect(weights.map((_, stepIndex) => blocksAt(bakedOnce(course), stepIndex))).toEqual(weights.map(() => blocksPerStep));
  });

  it('has more of a step at whose end something does, until it does no more', () => {
    const baked = bakedInDoubt(
      courseOf((stepIndex, bake) => (stepIndex === 1 && bake === 0 ? 2.4 : 1)),
      options,
    );
    expect(baked.longerBlocks).toBeGreaterThan(0);
    expect(baked.longerBlocks).toBeLessThan(blocksPerStep);
    expect(blocksAt(baked, 1)).toBe(blocksPerStep + baked.longerBlocks);
    expect(baked.blocks.length).toBe(weights.length * blocksPerStep + baked.longerBlocks);
  });

  it('ends with the block at which it is rolled back', () => {
    const baked = bakedInDoubt(
      courseOf((stepIndex) => (stepIndex < 2 ? 1 : 60)),
      options,
    );
    expect(blocksAt(baked, 2)).toBeLessThan(blocksPerStep);
    expect(blocksAt(baked, 3)).toBe(0);
  });

  it('is drawn with its blip in a first bake, where every rollout comes to it', () => {
    const world = {
      requestsPerSecond: 1000,
      usualShare: 0,
      worseBy: 0,
      worseFromStep: 0,
      noise: 'blips',
      steps: weights,
      bakes: 2,
    } as const;
    for (let seed = 0; seed < 20; seed += 1) {
      const course = drawCourse(world, createDraw(seededRandom(seed)));
      expect(course.blocks.length).toBe(2 * weights.length * blocksPerStep);
      expect(bakedOnce(course).blocks.filter((block) => (block?.canary.bad ?? 0) > 0)).toHaveLength(1);
    }
  });
});
