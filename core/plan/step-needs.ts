import { type Answers, add } from '../analysis/proportion/block.ts';
import { priorDispersion } from '../analysis/proportion/dispersion.ts';
import { expectedDispersion, requestsEnough } from '../analysis/proportion/requests-needed.ts';
import type { ProportionSpec } from '../spec/proportion-spec.ts';
import type { Plan } from './plan.ts';

/** How stable answers while no rollout is under way, and it has all requests. */
export interface UsualAnswers {
  readonly requestsPerSecond: number;
  /** Its share of bad answers. */
  readonly badShare: number;
  /** How much more bad answers scatter than independent ones would: 1 is not at all. */
  readonly dispersion: number;
  /** For how long it was looked at. */
  readonly seconds: number;
}

/** What one step takes to see a canary that is worse by twice the margin, at the rate of now. */
export interface StepNeed {
  /** From 0. */
  readonly index: number;
  /** Answered, or copied. */
  readonly weight: number;
  readonly mirrored: boolean;
  readonly canaryRequestsPerSecond: number;
  /** Of the canary; undefined where no number of them would do. */
  readonly requestsNeeded: number | undefined;
  /** Until the canary has answered so many; undefined where it never has. */
  readonly secondsNeeded: number | undefined;
  readonly bakeSeconds: number;
  readonly isLongEnough: boolean;
  /** The least weight above its own at which the bake would be long enough; undefined where there is none below the next step's, or none is needed. */
  readonly weightThatWouldDo: number | undefined;
}

/**
 * What is before the first answer is left out: counters that nobody kept yet tell nothing of how much there was.
 *
 * @param past One after the other, each of so many seconds. Undefined where stable has answered nothing.
 */
export function usualAnswers(past: readonly Answers[], everySeconds: number): UsualAnswers | undefined {
  const first = past.findIndex(({ all }) => all > 0);
  if (first < 0) return undefined;
  const known = past.slice(first);
  const sum = known.reduce(add);
  const seconds = known.length * everySeconds;
  return {
    requestsPerSecond: sum.all / seconds,
    badShare: sum.bad / sum.all,
    dispersion: expectedDispersion(priorDispersion(known), sum),
    seconds,
  };
}

/**
 * Whether each step of a plan is long enough to see, by itself, that the canary is worse by twice the margin. A shorter one is no fault: evidence adds up
 * from step to step, so that a later one sees it, with more of the users on the canary.
 *
 * @param falseAlarmLevel The part of it that this metric has.
 * @example With 10 requests a second, a step of weight 10 of 100 gives the canary one a second: where 600 are needed, it takes ten minutes.
 */
export function stepNeeds(
  { steps, totalWeight }: Pick<Plan, 'steps' | 'totalWeight'>,
  usual: UsualAnswers,
  { margin, requests, allowedAlone, baseline }: Pick<ProportionSpec, 'margin' | 'requests' | 'allowedAlone' | 'baseline'>,
  falseAlarmLevel: number,
): StepNeed[] {
  const needAt = (weight: number, mirrored: boolean) => {
    const share = weight / totalWeight;
    const needed = requestsEnough({
      stableShare: usual.badShare,
      // Of all answers: while requests are mirrored, stable goes on to answer each of them.
      weight: mirrored ? share / (1 + share) : share,
      margin,
      alone:
        allowedAlone !== undefined && (baseline === 'none' || (share >= 1 && !mirrored)) ? { ratio: 0, excess: allowedAlone } : undefined,
      falseAlarmLevel,
      dispersion: usual.dispersion,
    });
    const canaryRequestsPerSecond = usual.requestsPerSecond * share;
    return { canaryRequestsPerSecond, requests: Math.max(needed, requests), seconds: Math.max(needed, requests) / canaryRequestsPerSecond };
  };
  return steps.map((step) => {
    const mirrored = step.mirrorWeight !== undefined;
    const weight = step.mirrorWeight ?? step.weight;
    const need = needAt(weight, mirrored);
    const isLongEnough = need.seconds <= step.bakeSeconds;
    const fits = (other: number) => needAt(other, mirrored).seconds <= step.bakeSeconds;
    const next = mirrored ? totalWeight : (steps[step.index + 1]?.weight ?? totalWeight);
    return {
      index: step.index,
      weight,
      mirrored,
      canaryRequestsPerSecond: need.canaryRequestsPerSecond,
      requestsNeeded: finite(need.requests),
      secondsNeeded: finite(need.seconds),
      bakeSeconds: step.bakeSeconds,
      isLongEnough,
      weightThatWouldDo: isLongEnough ? undefined : weightsBetween(weight, next, totalWeight).find(fits),
    };
  });
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** At most a hundred of them, however fine the weights are. */
function weightsBetween(weight: number, next: number, totalWeight: number): number[] {
  const candidates = Array.from({ length: 99 }, (_, index) => Math.ceil(((index + 1) / 100) * totalWeight));
  return [...new Set(candidates)].filter((candidate) => candidate > weight && candidate < next);
}
