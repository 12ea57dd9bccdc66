import { type Answers, add, type Block } from '../../../core/analysis/proportion/block.ts';
import type { Margin } from '../../../core/analysis/proportion/margin.ts';
import { smallestSeen } from '../../../core/analysis/proportion/requests-needed.ts';
import type { Stakes } from './cost.ts';
import type { Draw } from './draw.ts';
import type { Course } from './rule.ts';

/** What disturbs a service that is rolled out, beside the version itself. */
export const noises = ['iid', 'drift', 'bursts', 'blips', 'flaky', 'clumps', 'noisy'] as const;
export type Noise = (typeof noises)[number];

/** One cell of the grid. */
export interface World extends Stakes {
  /** The service's usual share of bad answers. */
  readonly usualShare: number;
  /** Where given, it is instead worse by twice that margin, whatever the share that both sides have at the moment. */
  readonly worseByTwice?: Margin;
  readonly noise: Noise;
  /** Each step is drawn for so many bakes: 2 where it may be baked longer. */
  readonly bakes?: number;
}

export const weights = [0.01, 0.05, 0.1, 0.25, 0.5] as const;
/** The same, and a last step at which nothing of stable answers any more. */
export const weightsToFull: readonly number[] = [...weights, 1];
export const blockSeconds = 10;
export const blocksPerStep = 30;
/** Ten minutes of stable alone, before the rollout. */
export const historyBlocks = 60;

const clump = 5;

/**
 * - drift: the share of both sides wanders, by a factor of up to some 2 within a step;
 * - bursts: 3 % of the blocks begin a burst of one to three in which a further 5 to 30 % of both sides' answers are bad;
 * - blips: once in a rollout, 30 % of the canary's answers are bad for one block;
 * - flaky: one scrape of ten fails, and twice in a rollout all of two minutes;
 * - clumps: bad answers come in clumps of five on average, each on one side;
 * - noisy: drift, bursts and a blip together.
 */
export function drawCourse(world: World, draw: Draw): Course {
  const { noise, requestsPerSecond, steps, bakes = 1 } = world;
  const blockCount = steps.length * blocksPerStep * bakes;
  const blips = noise === 'blips' || noise === 'noisy';
  const blipAt = blips ? drawPlace(world, draw) : -1;
  const commonShare = createCommonShare(world, draw);
  const side = (weight: number, bad: number): Answers => {
    const all = draw.poisson(requestsPerSecond * blockSeconds * weight);
    return { all, bad: noise === 'clumps' ? clumped(draw, all, bad) : draw.binomial(all, bad) };
  };
  const history = Array.from({ length: historyBlocks }, () => side(1, commonShare()));
  const blocks = Array.from({ length: blockCount }, (_, index): Block => {
    const stepIndex = Math.floor(index / (blocksPerStep * bakes));
    const weight = steps[stepIndex] ?? 0;
    const common = commonShare();
    const by = world.worseByTwice === undefined ? world.worseBy : smallestSeen(common, world.worseByTwice) - common;
    const worse = stepIndex >= world.worseFromStep ? by : 0;
    const canaryShare = Math.min(1, common + worse + (index === blipAt ? 0.3 : 0));
    return { stepIndex, canary: side(weight, canaryShare), stable: side(1 - weight, common) };
  });
  return { history, blocks: noise === 'flaky' ? withFailedScrapes(world, blocks, draw) : blocks };
}

/** A place in the first bake of any step, which every rollout comes to. */
function drawPlace({ steps, bakes = 1 }: World, draw: Draw): number {
  const place = Math.floor(draw.uniform() * steps.length * blocksPerStep);
  return place + Math.floor(place / blocksPerStep) * blocksPerStep * (bakes - 1);
}

/** The share of bad answers that both sides have at the moment, whatever the version. */
function createCommonShare({ noise, usualShare }: World, draw: Draw): () => number {
  const drifts = noise === 'drift' || noise === 'noisy';
  const bursts = noise === 'bursts' || noise === 'noisy';
  let wander = 0;
  let burst = 0;
  let left = 0;
  return () => {
    if (drifts) wander = 0.97 * wander + 0.12 * draw.normal();
    if (bursts && left === 0 && draw.uniform() < 0.03) {
      left = 1 + Math.floor(draw.uniform() * 3);
      burst = 0.05 + 0.25 * draw.uniform();
    }
    const share = usualShare * Math.exp(wander) + (left > 0 ? burst : 0);
    left = Math.max(0, left - 1);
    return Math.min(0.9, share);
  };
}

/** Clumps of geometric sizes. */
function clumped(draw: Draw, all: number, share: number): number {
  let bad = 0;
  for (let left = draw.poisson((all * share) / clump); left > 0; left -= 1) {
    bad += 1 + Math.floor(Math.log(1 - draw.uniform()) / Math.log(1 - 1 / clump));
  }
  return Math.min(all, bad);
}

const outageBlocks = 12;

/** Counters lose nothing when a scrape fails: the next one has it all. What was counted across two steps belongs to neither, and is left out. */
function withFailedScrapes(world: World, blocks: readonly Block[], draw: Draw): (Block | undefined)[] {
  const outages = [0, 1].map(() => drawPlace(world, draw));
  let waiting: Block | undefined;
  return blocks.map((block, index) => {
    const fails = draw.uniform() < 0.1 || outages.some((from) => index >= from && index < from + outageBlocks);
    const before = waiting?.stepIndex === block.stepIndex ? waiting : undefined;
    const counted =
      before === undefined ? block : { ...block, canary: add(before.canary, block.canary), stable: add(before.stable, block.stable) };
    waiting = fails ? counted : undefined;
    return fails ? undefined : counted;
  });
}
