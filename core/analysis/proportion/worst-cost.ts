import { failFastBlocks, leastOfMiddle } from './evidence.ts';
import { informationBound } from './information-bound.ts';
import { type Margin, marginAlone } from './margin.ts';
import { measuredEfficiency } from './requests-needed.ts';

/** A step, as far as it matters what a bad version may cost at it. */
export interface StepAtRisk {
  /** The canary's share of users' requests. */
  readonly weight: number;
  /** How long it lasts at most while nothing fails. */
  readonly stepSeconds: number;
  /** For so long, from its beginning, nobody asks for the canary's answers. */
  readonly unjudgedSeconds: number;
  readonly intervalSeconds: number;
  /** From the look that fails it to the last bad answer. */
  readonly lagSeconds: number;
  readonly requestsPerSecond: number;
  /** Stable's share of bad answers. */
  readonly stableShare: number;
  readonly margin: Margin;
  /** The share that the canary is held to where it is judged alone, if the spec states one. */
  readonly allowedAlone?: number | undefined;
  /** Whether it is judged alone at this step. */
  readonly isAlone: boolean;
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
 * spent or the step is over, and until traffic is back. What is answered before the step's count begins, a look after its first, is never counted.
 *
 * @example 10 requests a second, stable at 0.1 %, a step of 1 % and 5 minutes looked at every 10 s: 5 bad answers, of a version that fails them all for 52 s.
 *   With 1,000 requests a second 320, of one that fails them all for 32 s: three looks, and 2 s until traffic is back.
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
  const { weight, stableShare, falseAlarmLevel, dispersion, stepSeconds, unjudgedSeconds, intervalSeconds, lagSeconds, budget } = step;
  const bound = informationBound({ stableShare, canaryShare, weight: Math.min(weight, 0.99), margin: marginOf(step), falseAlarmLevel });
  const perSecond = step.requestsPerSecond * weight;
  const byEvidence = Math.max((bound * measuredEfficiency * dispersion) / perSecond, blocksUntilFail(step, canaryShare) * intervalSeconds);
  const byBudget = budget === undefined ? Number.POSITIVE_INFINITY : budget / ((canaryShare - stableShare) * perSecond);
  const looks = 1 + Math.ceil(Math.min(byEvidence, byBudget) / intervalSeconds);
  return Math.min(unjudgedSeconds + looks * intervalSeconds, stepSeconds) + lagSeconds;
}

function marginOf({ isAlone, stableShare, margin, allowedAlone }: StepAtRisk): Margin {
  if (!isAlone) return margin;
  return allowedAlone === undefined ? marginAlone(stableShare, margin) : { ratio: 0, excess: allowedAlone };
}

/** Against stable's past nothing is believed but what most of the least stretch says, or what leaves no good answer at all. */
function blocksUntilFail({ isAlone, allowedAlone }: StepAtRisk, canaryShare: number): number {
  if (!isAlone || allowedAlone !== undefined) return leastBlocks;
  return canaryShare >= 1 ? failFastBlocks : Math.floor(leastOfMiddle / 2) + 1;
}
