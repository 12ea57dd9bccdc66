/** Points of one series on the time axis of a recording, the oldest first. */
export interface Points<Value> {
  readonly timesMs: readonly number[];
  readonly values: readonly Value[];
}

/**
 * What a series said at a moment: its newest point, as long as the next one is not overdue. A point stands for the step until the next, so that looks may
 * come more often than points.
 */
export function valueAt<Value>(points: Points<Value>, atMs: number, stepMs: number): Value | undefined {
  const index = countUntil(points, atMs) - 1;
  const foundMs = points.timesMs[index];
  return foundMs === undefined || atMs - foundMs >= stepMs ? undefined : points.values[index];
}

/** When the newest point at or before a moment was, if there was one after another moment. */
export function newestMs({ timesMs }: Points<unknown>, afterMs: number, untilMs: number): number | undefined {
  const foundMs = timesMs[countUntil({ timesMs }, untilMs) - 1];
  return foundMs === undefined || foundMs <= afterMs ? undefined : foundMs;
}

/** The points from one moment to another, both included, the oldest first. */
export function pointsBetween<Value>({ timesMs, values }: Points<Value>, fromMs: number, untilMs: number): (readonly [number, Value])[] {
  const end = countUntil({ timesMs }, untilMs);
  let begin = end;
  while (begin > 0 && (timesMs[begin - 1] ?? 0) >= fromMs) begin -= 1;
  return timesMs.slice(begin, end).flatMap((atMs, index) => {
    const value = values[begin + index];
    return value === undefined ? [] : [[atMs, value] as const];
  });
}

function countUntil({ timesMs }: Pick<Points<unknown>, 'timesMs'>, atMs: number): number {
  return countBy(timesMs.length, (index) => timesMs[index] ?? 0, atMs);
}

/** How many of so many moments, the oldest first, are at or before another one. */
export function countBy(count: number, momentOf: (index: number) => number, atMs: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (momentOf(middle) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
