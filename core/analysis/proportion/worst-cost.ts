import { informationBound } from './information-bound.ts';
import { type Margin, marginAlone } from './margin.ts';
import { measuredEfficiency } from './requests-needed.ts';

/** A step, as far as it matters what a bad version may cost at it. */
export interface StepAtRisk {
  /** The canary's share of users' requests. */
  readonly weight: number;
  readonly bakeSeconds: number;
  readonly intervalSeconds: number;
  /** From the look that fails it to the last bad answer. */
  readonly lagSeconds: number;
  readonly requestsPerSecond: number;
  /** Stable's share of bad answers. */
  readonly stableShare: number;
  readonly margin: Margin;
  readonly falseAlarmLevel: number;
  readonly dispersion: number;
  readonly budget?: number | undefined;
}

export interface WorstCost {
  /** Bad answers above stable's. */
  readonly badAnswers: number;
  /** The canary's share of bad answers that costs so much. */
  readonly canaryShare: number;
  /** How long it goes on. */
  readonly seconds: number;
}

/** So many shares are tried, evenly on a logarithmic scale. */
const shares = 200;
/** No single block fails a canary, so a fail takes two at least. */
const leastBlocks = 2;

/**
 * The most that a version costs on average that turns bad when a step begins: one that is much worse is noticed soon, one that is hardly worse costs
 * little, and the worst lies between. It goes on until the evidence is enough (the information bound times the measured efficiency), the budget is
 * spent or the step is over, and until traffic is back.
 *
 * @example 10 requests a second, stable at 0.1 %, a step of 1 % and 5 minutes looked at every 10 s: 5 bad answers, of a version that fails 17 % of them for
 *   4m52s. With 1,000 requests a second 220, of one that fails them all for 22 s: two looks, and 2 s until traffic is back.
 */
export function worstCost(step: StepAtRisk): WorstCost {
  const { stableShare } = step;
  const least = Math.max(stableShare, 1e-6);
  let worst: WorstCost = { badAnswers: 0, canaryShare: stableShare, seconds: 0 };
  for (let index = 1; index <= shares; index += 1) {
    const canaryShare = least ** (1 - index / shares);
    const seconds = secondsUntilBack(step, canaryShare);
    const badAnswers = (canaryShare - stableShare) * step.requestsPerSecond * step.weight * seconds;
    if (badAnswers > worst.badAnswers) worst = { badAnswers, canaryShare, seconds };
  }
  return worst;
}

function secondsUntilBack(step: StepAtRisk, canaryShare: number): number {
  const { weight, stableShare, margin, falseAlarmLevel, dispersion, bakeSeconds, intervalSeconds, lagSeconds, budget } = step;
  const judgedBy = weight < 1 ? margin : marginAlone(stableShare, margin);
  const bound = informationBound({ stableShare, canaryShare, weight: Math.min(weight, 0.99), margin: judgedBy, falseAlarmLevel });
  const perSecond = step.requestsPerSecond * weight;
  const byEvidence = Math.max((bound * measuredEfficiency * dispersion) / perSecond, leastBlocks * intervalSeconds);
  const byBudget = budget === undefined ? Number.POSITIVE_INFINITY : budget / ((canaryShare - stableShare) * perSecond);
  const looks = Math.ceil(Math.min(byEvidence, byBudget) / intervalSeconds);
  return Math.min(looks * intervalSeconds, bakeSeconds) + lagSeconds;
}
