import { describe, expect, it } from 'vitest';
import type { Block } from '../../../../core/analysis/proportion/block.ts';
import { dispersionOf, priorDispersion, unknownDispersion } from '../../../../core/analysis/proportion/dispersion.ts';
import { createDraw } from '../../../bench/judge/draw.ts';
import { blocksPerStep, drawCourse, type World, weights } from '../../../bench/judge/world.ts';
import { seededRandom } from '../../../seeded-random.ts';
import { blockOf, same } from './blocks.ts';

const margin = { ratio: 1.2, excess: 0.001 };
const service: World = { requestsPerSecond: 1000, usualShare: 0.01, worseBy: 0, worseFromStep: 0, noise: 'iid', steps: weights };

/** The mean of ten simulated rollouts, by so many blocks each. */
function meanDispersion(world: Partial<World>, blocks = 5 * blocksPerStep): number {
  const each = Array.from({ length: 10 }, (_, run) => {
    const course = drawCourse({ ...service, ...world }, createDraw(seededRandom(run + 1)));
    const counted = course.blocks.filter((block): block is Block => block !== undefined);
    return dispersionOf(counted.slice(0, blocks), margin, priorDispersion(course.history));
  });
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}

describe('the dispersion', () => {
  it('is about 1 for independent answers', () => {
    expect(meanDispersion({})).toBeLessThan(1.1);
  });

  it('is that of a quasi-likelihood for answers in clumps of five on average, whose sizes vary: 9', () => {
    expect(meanDispersion({ noise: 'clumps' })).toBeGreaterThan(6);
    expect(meanDispersion({ noise: 'clumps' })).toBeLessThan(10);
  });

  it('knows of clumps from before the rollout', () => {
    expect(meanDispersion({ noise: 'clumps' }, 3)).toBeGreaterThan(5);
  });

  it.each([
    ['a share that wanders for both', { noise: 'drift' }],
    ['a share that wanders, with much traffic', { noise: 'drift', requestsPerSecond: 10_000 }],
    ['bursts on both sides', { noise: 'bursts' }],
    ['one blip of the canary', { noise: 'blips' }],
    ['a canary that is worse all the time', { worseBy: 0.05 }],
    ['a canary that turns worse', { worseBy: 0.05, worseFromStep: 3 }],
    ['scrapes that fail', { noise: 'flaky' }],
  ] as const)('is not taken for large by %s', (_, world) => {
    expect(meanDispersion(world)).toBeLessThan(1.6);
  });

  it('is a little large by bursts on both sides of a service that has no bad answers else', () => {
    expect(meanDispersion({ noise: 'bursts', usualShare: 0 })).toBeLessThan(4);
  });

  it('is what is taken for likely where nothing was seen', () => {
    expect(dispersionOf([], margin)).toBe(unknownDispersion.dispersion);
    expect(dispersionOf(same(20, [0, 100, 0, 900]), margin)).toBe(unknownDispersion.dispersion);
    expect(priorDispersion([])).toEqual(unknownDispersion);
  });

  it('is never below 1, however evenly bad answers come', () => {
    expect(dispersionOf(same(40, [5, 100, 45, 900]), margin)).toBe(1);
  });

  it('is the worked example of its comment', () => {
    const blocks = [0, 5, 0, 0, 0, 5, 0, 0, 0, 5, 0, 0].map((bad) => blockOf([bad, 100, 0, 900]));
    expect(dispersionOf(blocks, margin)).toBeCloseTo(4.5, 9);
  });

  it('compares no blocks of two steps, whose weights differ', () => {
    const blocks = [...same(20, [1, 100, 9, 900], 0), ...same(20, [50, 5000, 50, 5000], 1)];
    expect(dispersionOf(blocks, margin)).toBe(1);
  });
});
