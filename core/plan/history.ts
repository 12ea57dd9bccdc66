import type { RolloutSpec } from '../spec/rollout-spec.ts';
import type { Plan } from './plan.ts';
import { longestWatchedIntervalSeconds, type Pace, type Tick, tickSeconds } from './tick.ts';

/**
 * How much execution history a rollout uses. A standard execution ends, in error, at 25,000 events
 * (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html); no state can catch that. What is left above the limit
 * here is for retries, which nobody can count beforehand.
 */
export const historyLimit = 20_000;

/**
 * What a rollout may use that is longer than its plan: paused by a person, kept by a policy, flapping. What is left above it is for retries
 * and for the wait for its turn.
 */
const unplannedLimit = 22_000;

/** Bake (Wait) 2, RunAnalysis (Task: entered, scheduled, started, succeeded, exited) 5, Decide 5, NextAction (Choice) 2. */
export const eventsPerTick = 14;

/** SetWeight, VerifyWeight, and a canary that grows for the step and is waited for: Tasks of 5 events with their Waits and Choices. */
const eventsPerStep = 60;

/** Begin, the canary's first start, promotion with its waits, Finish. */
const eventsAround = 500;

type Holds = Pick<RolloutSpec['policies'], 'noData' | 'sourceDown'>;

/**
 * The events of the longest run that the plan allows: every bake, every pause to its end, and in every step a hold for want of data
 * and one for want of the source, all of it cut off by the deadline. In a crowd it is more, and within the limit.
 *
 * @example
 * // One step, 1h of bake, interval 60 s, holds of 5 m each: 70 minutes are 70 ticks, and one more where the step ends.
 * // 500 + 60 + 71 × 14 = 1554
 */
export function expectedHistoryEvents(plan: Plan, holds: Holds): number {
  return eventsWith(plan, holds, paceOf(plan, holds, false));
}

/**
 * Who waits from one look to the next. A Lambda does where the interval is short: a failure is seen within seconds, and a step costs 8 transitions. But it
 * is kept for all of the bake, and an account has 1,000 at once as it comes. So a rollout that begins in a crowd is waited for by the state machine, unless
 * its history would not last for that.
 *
 * @example
 * // Interval 10 s, in a crowd: a plan of up to 1,352 looks, 3 h 45 m with all pauses and holds, is waited for; with a pause of a day in it, watched.
 */
export function paceOf(plan: Plan, holds: Holds, isCrowded: boolean): Pace {
  const { intervalSeconds } = plan.tick;
  const mayBeWatched = intervalSeconds <= longestWatchedIntervalSeconds;
  const mayBeWaited = eventsWith(plan, holds, { intervalSeconds, isWatched: false }) <= historyLimit;
  return { intervalSeconds, isWatched: mayBeWatched && !(isCrowded && mayBeWaited) };
}

export interface Stretch {
  readonly plan: Plan;
  readonly holds: Holds;
  readonly pace: Pace;
  /** Rounds until now. */
  readonly ticks: number;
  readonly leftSeconds: number;
}

/**
 * The tick, lengthened where the rollout has gone round more often than its plan allows for. Nothing but its deadline bounds how long a person
 * pauses it, or how long a canary's traffic comes and goes; so the rounds that are left are spread over the time until the deadline, and the
 * history lasts (the state machine could catch its end by nothing). Alarms abort it at once all the same.
 *
 * @example
 * // One step of 1 h at 60 s is planned with 71 rounds, 1,554 events; (22,000 - 1,554) / 14 leaves 1,460 more. In round 72, with 30 days to the
 * // deadline, a tick of 60 s becomes one of 1,776 s.
 */
export function stretchTick(tick: Tick, { plan, holds, pace, ticks, leftSeconds }: Stretch): Tick {
  const planned = plannedTicks(plan, holds, pace);
  if (ticks <= planned) return tick;
  const unplanned = Math.floor((unplannedLimit - eventsWith(plan, holds, pace)) / eventsPerTick);
  const roundsLeft = Math.max(1, unplanned - (ticks - planned) + 1);
  const waitSeconds = Math.ceil(Math.max(0, leftSeconds) / roundsLeft) - tick.watchSeconds;
  return waitSeconds > tick.waitSeconds ? { ...tick, waitSeconds } : tick;
}

function plannedTicks(plan: Plan, holds: Holds, pace: Pace): number {
  return Math.ceil(longestTickingSeconds(plan, holds) / tickSeconds(pace)) + plan.steps.length;
}

function eventsWith(plan: Plan, holds: Holds, pace: Pace): number {
  const ticks = plannedTicks(plan, holds, pace);
  return eventsAround + plan.steps.length * eventsPerStep + ticks * eventsPerTick;
}

function longestTickingSeconds(plan: Plan, holds: Holds): number {
  const holdSeconds = plan.steps.length * (holds.noData.holdSeconds + holds.sourceDown.holdSeconds);
  return Math.min(plan.deadlineSeconds, plan.longestSeconds + holdSeconds);
}

/**
 * The intervals at which the plan would fit: the longest one that is watched inside a Lambda, and the shortest one that is waited for,
 * each only where it helps and no bake is shorter. Neither: the plan itself is too long.
 */
export function intervalsThatFit(plan: Plan, holds: Holds): { readonly atMostSeconds?: number; readonly atLeastSeconds?: number } {
  const shortestBake = Math.min(...plan.steps.map(({ bakeSeconds }) => bakeSeconds));
  const ticksLeft = Math.floor((historyLimit - eventsAround - plan.steps.length * (eventsPerStep + eventsPerTick)) / eventsPerTick);
  const waited = Math.max(longestWatchedIntervalSeconds + 1, Math.ceil(longestTickingSeconds(plan, holds) / Math.max(ticksLeft, 0)));
  const watched = Math.min(longestWatchedIntervalSeconds, shortestBake);
  return {
    ...(waited <= shortestBake ? { atLeastSeconds: waited } : {}),
    ...(eventsWith(plan, holds, { intervalSeconds: watched, isWatched: true }) <= historyLimit ? { atMostSeconds: watched } : {}),
  };
}
