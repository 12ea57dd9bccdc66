import type { Margin } from './margin.ts';

/** What is to be told apart, and how surely. */
export interface Change {
  /** Stable's share of bad answers, which the canary's is compared with. */
  readonly stableShare: number;
  readonly canaryShare: number;
  /** The canary's share of all requests, below 1. */
  readonly weight: number;
  readonly margin: Margin;
  readonly falseAlarmLevel: number;
}

/**
 * How many requests to the canary any test needs on average to see such a change, if it may be wrong as often as said: none does better, so a test
 * is measured by how near it comes. Infinite where the change is within the margin.
 *
 * The bound is ln(1/α) / inf over q of [KL(p1 ‖ ρq + δ) + ((1 − w)/w)·KL(p0 ‖ q)]: of all worlds within the margin, the one that is hardest to tell from
 * what is (Wald, Sequential tests of statistical hypotheses, 1945; for composite nulls Ramdas et al., 2023).
 *
 * @example informationBound({ stableShare: 0, canaryShare: 0.01, weight: 0.01, margin: { ratio: 1, excess: 0.001 }, falseAlarmLevel: 0.01 }) // 328
 */
export function informationBound({ stableShare, canaryShare, weight, margin, falseAlarmLevel }: Change): number {
  const { ratio, excess } = margin;
  if (canaryShare <= ratio * stableShare + excess) return Number.POSITIVE_INFINITY;
  const told = (share: number) =>
    divergence(canaryShare, Math.min(1, ratio * share + excess)) + ((1 - weight) / weight) * divergence(stableShare, share);
  const highest = ratio === 0 ? stableShare : Math.min(1, (canaryShare - excess) / ratio);
  return Math.log(1 / falseAlarmLevel) / told(lowestPoint(told, stableShare, highest));
}

/** Kullback and Leibler's divergence of one share from another, in nats for each answer. */
function divergence(share: number, from: number): number {
  const part = (p: number, q: number) => (p === 0 ? 0 : p * Math.log(p / q));
  return part(share, from) + part(1 - share, 1 - from);
}

/** Where a function with one valley is lowest, by golden sections. */
function lowestPoint(f: (x: number) => number, from: number, to: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  for (let round = 0; round < 80; round += 1) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    if (f(left) < f(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}
