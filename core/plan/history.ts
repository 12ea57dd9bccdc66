import type { RolloutSpec } from '../spec/rollout-spec.ts';
import type { Plan } from './plan.ts';
import { longestWatchedIntervalSeconds, tickSeconds } from './tick.ts';

/**
 * How much execution history a rollout uses. A standard execution ends, in error, at 25,000 events
 * (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html); no state can catch that. What is left above the limit
 * here is for retries, which nobody can count beforehand.
 */
export const historyLimit = 20_000;

/** Bake (Wait) 2, RunAnalysis (Task: entered, scheduled, started, succeeded, exited) 5, Decide 5, NextAction (Choice) 2. */
export const eventsPerTick = 14;

/** SetWeight, VerifyWeight, and a canary that grows for the step and is waited for: Tasks of 5 events with their Waits and Choices. */
const eventsPerStep = 60;

/** Begin, the canary's first start, promotion with its waits, Finish. */
const eventsAround = 500;

type Holds = Pick<RolloutSpec['policies'], 'noData' | 'sourceDown'>;

/**
 * The events of the longest run that the plan allows: every bake, every pause to its end, and in every step a hold for want of data
 * and one for want of the source, all of it cut off by the deadline.
 *
 * @example
 * // One step, 1h of bake, interval 60 s, holds of 5 m each: 70 minutes are 70 ticks, and one more where the step ends.
 * // 500 + 60 + 71 × 14 = 1554
 */
export function expectedHistoryEvents(plan: Plan, holds: Holds): number {
  return eventsWith(plan, holds, plan.tick.intervalSeconds);
}

function eventsWith(plan: Plan, holds: Holds, intervalSeconds: number): number {
  const ticks = Math.ceil(longestTickingSeconds(plan, holds) / tickSeconds(intervalSeconds)) + plan.steps.length;
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
    ...(eventsWith(plan, holds, watched) <= historyLimit ? { atMostSeconds: watched } : {}),
  };
}
