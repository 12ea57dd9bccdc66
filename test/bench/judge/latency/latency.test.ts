import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../seeded-random.ts';
import { createDraw } from '../draw.ts';
import { weights } from '../world.ts';
import { normalShare, shareWithin } from './distribution.ts';
import { bounds, drawHistogram, type Histogram, quantile, slowerThan } from './histogram.ts';
import { drawLatencyCourse, slowerBy, usualSpeed } from './latency-world.ts';

const bucket = (ms: number) => bounds.findIndex((bound) => ms <= bound);
const histogramOf = (answers: Readonly<Record<number, number>>): Histogram => {
  const counts = bounds.map(() => 0);
  for (const [ms, count] of Object.entries(answers)) counts[bucket(Number(ms))] = count;
  return { all: Object.values(answers).reduce((sum, count) => sum + count, 0), counts };
};

describe('how long answers take', () => {
  it('is the share below z of the normal distribution', () => {
    // scipy 1.17.1: norm.cdf
    expect(normalShare(0)).toBeCloseTo(0.5, 6);
    expect(normalShare(1)).toBeCloseTo(0.8413447, 6);
    expect(normalShare(-2.5)).toBeCloseTo(0.0062097, 6);
  });

  it('is body and tail as its comment says, and all answers in the end', () => {
    expect(1 - shareWithin(250, usualSpeed)).toBeCloseTo(0.0184, 4);
    expect(shareWithin(Number.POSITIVE_INFINITY, { factor: 3, slowShare: 0.2 })).toBe(1);
  });

  it('grows with the factor, and with the share that is ten times slower', () => {
    expect(slowerBy(usualSpeed)).toBe(0);
    expect(slowerBy({ factor: 1, slowShare: 0.05 })).toBeCloseTo(0.0486, 3);
    expect(slowerBy({ factor: 2, slowShare: 0 })).toBeGreaterThan(slowerBy({ factor: 1.5, slowShare: 0 }));
  });
});

describe('a histogram', () => {
  it('holds every answer, in the buckets that their shares say', () => {
    const drawn = drawHistogram(createDraw(seededRandom(1)), 100_000, { factor: 1.5, slowShare: 0.02 });
    expect(drawn.counts.reduce((sum, count) => sum + count, 0)).toBe(100_000);
    const { bad } = slowerThan(250)(drawn);
    expect(bad / 100_000).toBeCloseTo(1 - shareWithin(250, { factor: 1.5, slowShare: 0.02 }), 2);
  });

  it('counts what took longer than one of its bounds', () => {
    expect(slowerThan(250)(histogramOf({ 100: 7, 250: 2, 251: 3, 99999: 1 }))).toEqual({ all: 13, bad: 4 });
  });

  it.each([
    [0.95, { 250: 90, 500: 10 }, 375],
    [0.5, { 250: 100 }, 175],
    [0.99, { 100: 90, 20000: 10 }, 10_000],
    [0.5, { 5: 10 }, 5],
  ])('has the quantile of %d that Prometheus gives', (share, answers, ms) => {
    expect(quantile(share).read(histogramOf(answers))).toBeCloseTo(ms, 9);
  });

  it('has none without answers', () => {
    expect(quantile(0.99).read(histogramOf({}))).toBe('noData');
  });
});

describe('a rollout of a slower version', () => {
  it('has its blocks at their weights, and more slow answers on the canary alone', () => {
    const world = {
      requestsPerSecond: 1000,
      steps: weights,
      worseBy: 0,
      worseFromStep: 3,
      noise: 'iid',
      speed: { factor: 2, slowShare: 0 },
    } as const;
    const { history, blocks } = drawLatencyCourse(world, createDraw(seededRandom(2)));
    expect([history.length, blocks.length]).toEqual([60, 150]);
    const shareOf = (side: 'canary' | 'stable', step: number) => {
      const answers = blocks.filter((block) => block?.stepIndex === step).map((block) => slowerThan(250)(block?.[side] ?? histogramOf({})));
      return answers.reduce((sum, { bad }) => sum + bad, 0) / answers.reduce((sum, { all }) => sum + all, 0);
    };
    expect(shareOf('canary', 2)).toBeCloseTo(0.018, 2);
    expect(shareOf('canary', 4)).toBeCloseTo(0.194, 2);
    expect(shareOf('stable', 4)).toBeCloseTo(0.018, 2);
  });
});
