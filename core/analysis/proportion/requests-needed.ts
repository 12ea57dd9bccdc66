import type { Answers } from './block.ts';
import type { PriorDispersion } from './dispersion.ts';
import { informationBound } from './information-bound.ts';
import { allowedShare, type Margin, marginAlone } from './margin.ts';

/** How many times more requests than the information bound it takes on average, all in all: measured by `npm run bench:judge`, and rounded up. */
export const measuredEfficiency = 2.2;
/** The same for all but one rollout of a hundred, the steps before having had their part. */
const enoughEfficiency = 3;

/** Where stable has never answered badly, nobody knows whether bad answers would come one by one: clumps of some five are reckoned with. */
const unseenDispersion = 6;

/** What a step's need is reckoned with before a rollout, by what stable has shown. */
export function expectedDispersion({ dispersion }: PriorDispersion, stable: Answers): number {
  return stable.bad === 0 ? Math.max(dispersion, unseenDispersion) : dispersion;
}

export interface Step {
  readonly stableShare: number;
  /** The canary's share of the requests. */
  readonly weight: number;
  readonly margin: Margin;
  /** What the canary is judged by where it is judged alone; `marginAlone` of stable's share where it is left out at full weight. */
  readonly alone?: Margin | undefined;
  readonly falseAlarmLevel: number;
  readonly dispersion: number;
}

/**
 * The share of bad answers that a step is to see for certain: so far above what is allowed as that is above stable's.
 *
 * @example smallestSeen(0.01, { ratio: 1.2, excess: 0.001 }) // 0.016: allowed is 1.3 %, and 0.3 points more are twice the margin
 */
export function smallestSeen(stableShare: number, margin: Margin): number {
  return Math.min(1, 2 * allowedShare(stableShare, margin) - stableShare);
}

/**
 * How many requests to the canary a step needs, on average, to fail a canary that is worse by twice the margin; at full weight by twice the wider margin
 * that it has there. Infinite where the margin leaves no room between the two, as where every answer of stable is bad.
 */
export function requestsNeeded(step: Step): number {
  return Math.ceil(boundOf(step) * measuredEfficiency);
}

/** With how many requests to the canary a step lets at most one of a hundred such canaries through. */
export function requestsEnough(step: Step): number {
  return Math.ceil(boundOf(step) * enoughEfficiency);
}

function boundOf({ stableShare, weight, margin, alone, falseAlarmLevel, dispersion }: Step): number {
  const isAlone = alone !== undefined || weight >= 1;
  const judgedBy = isAlone ? (alone ?? marginAlone(stableShare, margin)) : margin;
  const canaryShare = isAlone
    ? Math.min(1, 2 * judgedBy.excess - Math.min(stableShare, judgedBy.excess))
    : smallestSeen(stableShare, margin);
  // Where the canary is judged alone the weight plays no part, but the bound wants one below 1.
  const bound = informationBound({ stableShare, canaryShare, weight: Math.min(weight, 0.99), margin: judgedBy, falseAlarmLevel });
  return bound * dispersion;
}
