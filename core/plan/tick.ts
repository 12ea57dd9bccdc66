/**
 * Up to this interval a Lambda waits from one measurement to the next itself, unless so many rollouts are under way that there would be no Lambda left
 * (`paceOf` in history.ts); beyond it, the state machine does, which costs none.
 */
export const longestWatchedIntervalSeconds = 30;

/** The longest that one RunAnalysis call watches; its Lambda's timeout must leave room for a slow last answer. */
export const longestWatchSeconds = 840;

/** How often a rollout is looked at, and who waits from one look to the next. */
export interface Pace {
  readonly intervalSeconds: number;
  readonly isWatched: boolean;
}

export interface Tick {
  /** For the Wait before the measurement. 0 where the Lambda itself does the waiting. */
  readonly waitSeconds: number;
  /** How long RunAnalysis measures, again and again. 0: it measures once. */
  readonly watchSeconds: number;
}

/**
 * How the next part of a bake is spent: watched inside one Lambda, without a state transition per measurement, or waited for by the state
 * machine. A watch is a multiple of the interval where that fits, so that its last measurement falls on its end.
 *
 * Whole seconds, because a Wait takes no others: a fraction that remains is rounded up. Nothing remains: both are 0.
 *
 * @example planTick({ intervalSeconds: 9, isWatched: true }, 3600)  // { waitSeconds: 0, watchSeconds: 837 }: 93 × 9
 * @example planTick({ intervalSeconds: 60, isWatched: false }, 45)  // { waitSeconds: 45, watchSeconds: 0 }
 */
export function planTick(pace: Pace, remainingSeconds: number): Tick {
  const remaining = Math.max(0, Math.ceil(remainingSeconds));
  const seconds = Math.min(tickSeconds(pace), remaining);
  return pace.isWatched ? { waitSeconds: 0, watchSeconds: seconds } : { waitSeconds: seconds, watchSeconds: 0 };
}

/** How much of a bake one tick takes when enough of it remains. Intervals are whole seconds, 1 or more, as the spec demands. */
export function tickSeconds({ intervalSeconds, isWatched }: Pace): number {
  if (!isWatched) return intervalSeconds;
  return Math.floor(longestWatchSeconds / intervalSeconds) * intervalSeconds;
}
