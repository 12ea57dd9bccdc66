import type { Stakes } from '../cost.ts';
import type { Draw } from '../draw.ts';
import type { Course, SidedBlock } from '../rule.ts';
import { blockSeconds, blocksPerStep, historyBlocks } from '../world.ts';
import { type Speed, shareWithin } from './distribution.ts';
import { drawHistogram, type Histogram } from './histogram.ts';

export const latencyNoises = ['iid', 'drift', 'bursts', 'blips'] as const;
export type LatencyNoise = (typeof latencyNoises)[number];

export interface LatencyWorld extends Stakes {
  readonly noise: LatencyNoise;
  /** The new version's. Stable is as fast as usual. */
  readonly speed: Speed;
}

/** What a spec calls slow: `latency: { above: 250ms, share: 1% }`. */
export const slowAboveMs = 250;
export const usualSpeed: Speed = { factor: 1, slowShare: 0 };

/** By how many points, as a share, more of the answers are slow. */
export function slowerBy(speed: Speed): number {
  return shareWithin(slowAboveMs, usualSpeed) - shareWithin(slowAboveMs, speed);
}

/**
 * - drift: both sides take longer and less long, by a factor that wanders (standard deviation 12 %);
 * - bursts: 3 % of the blocks begin a burst of one to three in which 5 to 30 % of both sides' answers take ten times as long;
 * - blips: once in a rollout, 30 % of the canary's answers take ten times as long for one block.
 */
export function drawLatencyCourse(world: LatencyWorld, draw: Draw): Course<Histogram> {
  const blockCount = world.steps.length * blocksPerStep;
  const blipAt = world.noise === 'blips' ? Math.floor(draw.uniform() * blockCount) : -1;
  const commonSpeed = createCommonSpeed(world.noise, draw);
  const side = (weight: number, speed: Speed) => drawHistogram(draw, draw.poisson(world.requestsPerSecond * blockSeconds * weight), speed);
  const history = Array.from({ length: historyBlocks }, () => side(1, commonSpeed()));
  const blocks = Array.from({ length: blockCount }, (_, index): SidedBlock<Histogram> => {
    const stepIndex = Math.floor(index / blocksPerStep);
    const weight = world.steps[stepIndex] ?? 0;
    const common = commonSpeed();
    const own = stepIndex < world.worseFromStep ? common : together(common, world.speed);
    const canary = index === blipAt ? together(own, { factor: 1, slowShare: 0.3 }) : own;
    return { stepIndex, canary: side(weight, canary), stable: side(1 - weight, common) };
  });
  return { history, blocks };
}

function createCommonSpeed(noise: LatencyNoise, draw: Draw): () => Speed {
  let wander = 0;
  let slowShare = 0;
  let left = 0;
  return () => {
    if (noise === 'drift') wander = 0.97 * wander + 0.03 * draw.normal();
    if (noise === 'bursts' && left === 0 && draw.uniform() < 0.03) {
      left = 1 + Math.floor(draw.uniform() * 3);
      slowShare = 0.05 + 0.25 * draw.uniform();
    }
    const speed = { factor: Math.exp(wander), slowShare: left > 0 ? slowShare : 0 };
    left = Math.max(0, left - 1);
    return speed;
  };
}

function together(one: Speed, other: Speed): Speed {
  return { factor: one.factor * other.factor, slowShare: Math.min(1, one.slowShare + other.slowShare) };
}
