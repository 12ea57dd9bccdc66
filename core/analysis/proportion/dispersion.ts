import { type Answers, add, type Block } from './block.ts';
import { loudestOf } from './evidence.ts';
import type { Margin } from './margin.ts';

/** How two neighbouring blocks differ: squared, and what independent answers would give on average. */
interface Difference {
  readonly squared: number;
  readonly expected: number;
}

/** A dispersion that is known of beforehand, and as how many bad answers' word it counts. */
export interface PriorDispersion {
  readonly dispersion: number;
  readonly weight: number;
}

/** Where nothing is known. */
export const unknownDispersion: PriorDispersion = { dispersion: 2, weight: 2 };
/** Where stable has answered, and never badly: so few bad answers that clumps of them hardly matter. */
const neverBad: PriorDispersion = { dispersion: 1.5, weight: 2 };
/** What stable has shown before the rollout counts so much in all, and at most so much dispersion: bursts that hit both sides look like clumps there. */
const history = { weight: 6, mostDispersion: 8, enoughBad: 16 } as const;
/** One pair of blocks says at most as much as so many bad answers: a burst is not to speak for the hour around it. */
const mostWeight = 4;
/** Of all that the pairs say, the loudest tenth is taken for no more than the rest: bursts come and go on both sides, and the test allows for them. */
const trusted = 0.9;
/** What that takes from the squares of normal differences (to 83 %) and from those of single bad answers (to 100 %), between the two. */
const untrusted = 1.1;
/** So many bad answers on each side tell how the two go together, whatever the rate does meanwhile. */
const enoughBad = 4;

/**
 * By how much more bad answers scatter than independent ones would (1: not at all): retries, connection pools and batch jobs make them come in
 * clumps, and a clump of five says no more than one. The evidence is divided by it (a quasi-likelihood: Wedderburn, 1974; McCullagh and Nelder,
 * Generalized linear models, 1989, ch. 4.5).
 *
 * It is seen in how neighbouring blocks of one step differ. Where both sides have bad answers enough, by how the canary's part of them changes from one
 * block to the next: neither a canary that is constantly worse nor a rate that moves for both changes it. Where not, by how each side's own rate
 * changes. The block that the evidence leaves out is left out here too.
 *
 * @example Blocks of 100 answers each, of which the canary has 0, 5, 0, 0, 0, 5, 0, 0, 0, 5, 0, 0 bad ones and stable none. Each clump makes two changes of
 *   (5 − 2.5)² = 6.25, where independent answers give 5 · ¼ = 1.25 on average: 5 each. The first clump is left out; with what is taken for known
 *   before, it comes to (4 · 6.25 · 1.1 + 2 · 2) / (4 · 1.25 + 2) = 4.5.
 */
export function dispersionOf(blocks: readonly Block[], margin: Margin, before: PriorDispersion = unknownDispersion): number {
  const loudest = loudestOf(blocks, margin);
  const differences = blocks.flatMap((block, index) => {
    const next = blocks[index + 1];
    if (next === undefined || next.stepIndex !== block.stepIndex || index === loudest || index + 1 === loudest) return [];
    const difference = differenceOf(block, next);
    return difference.expected > 0 ? [difference] : [];
  });
  const { sum, weight } = winsorised(differences);
  return Math.max(1, (sum * untrusted + before.dispersion * before.weight) / (weight + before.weight));
}

/**
 * What stable's own blocks from before the rollout say: most of what is to be known of a service's noise is known before a canary is there.
 *
 * @param stable One after the other, all of the same length.
 */
export function priorDispersion(stable: readonly Answers[]): PriorDispersion {
  const differences = stable.flatMap((one, index) => {
    const next = stable[index + 1];
    return next === undefined ? [] : [differenceInTime(one, next)].filter(({ expected }) => expected > 0);
  });
  const { sum, weight } = winsorised(differences);
  if (weight === 0) return stable.some(({ all }) => all > 0) ? neverBad : unknownDispersion;
  const known = Math.min(1, weight / history.enoughBad);
  const between = (from: number, to: number) => from + (to - from) * known;
  return {
    dispersion: Math.min(history.mostDispersion, Math.max(1, between(neverBad.dispersion, (sum * untrusted) / weight))),
    weight: between(neverBad.weight, history.weight),
  };
}

function differenceOf(one: Block, other: Block): Difference {
  const canary = add(one.canary, other.canary);
  const stable = add(one.stable, other.stable);
  if (canary.bad >= enoughBad && stable.bad >= enoughBad) return differenceOfParts(one, other);
  const ofCanary = differenceInTime(one.canary, other.canary);
  const ofStable = differenceInTime(one.stable, other.stable);
  return { squared: ofCanary.squared + ofStable.squared, expected: ofCanary.expected + ofStable.expected };
}

/** How many of the canary's bad answers fell into the first block, given all of the two: hypergeometric. */
function differenceOfParts(one: Block, other: Block): Difference {
  const canary = one.canary.bad + other.canary.bad;
  const first = one.canary.bad + one.stable.bad;
  const second = other.canary.bad + other.stable.bad;
  const all = first + second;
  return {
    squared: (one.canary.bad - (canary * first) / all) ** 2,
    expected: (canary * (all - canary) * first * second) / (all * all * (all - 1)),
  };
}

/** How many of one side's bad answers fell into the first block, given how many it had in all: binomial. */
function differenceInTime(one: Answers, other: Answers): Difference {
  const all = one.all + other.all;
  if (all === 0) return { squared: 0, expected: 0 };
  const bad = one.bad + other.bad;
  return { squared: (one.bad - (bad * one.all) / all) ** 2, expected: (bad * one.all * other.all) / (all * all) };
}

function winsorised(differences: readonly Difference[]): { readonly sum: number; readonly weight: number } {
  const weighed = differences
    .map(({ squared, expected }) => ({ ratio: squared / expected, weight: Math.min(expected, mostWeight) }))
    .sort((one, other) => one.ratio - other.ratio);
  const weight = weighed.reduce((sum, each) => sum + each.weight, 0);
  let sum = 0;
  let seen = 0;
  let most = 0;
  for (const each of weighed) {
    if (seen < trusted * weight) most = each.ratio;
    seen += each.weight;
    sum += Math.min(each.ratio, most) * each.weight;
  }
  return { sum, weight };
}
