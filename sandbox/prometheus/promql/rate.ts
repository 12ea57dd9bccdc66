import type { Point } from '../series-store.ts';

export interface Range {
  /** Ascending, at least one, all after `fromMs` and at most at `toMs`. */
  readonly points: readonly Point[];
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * What a series grew by over a range, as `increase` (counter) and `delta` (gauge) of Prometheus give it; divided by the range's
 * seconds it is `rate`. Samples seldom stand on the bounds of the range, so the growth between the first and the last is
 * extrapolated to each bound that is less than 1.1 mean distances away, and else by half a mean distance; a counter never
 * to before its zero. A counter that falls was reset, and counts on from 0.
 *
 * @example 0, 1, 2, 3 at 15, 30, 45, 60 s in the range (0 s, 60 s]: the mean distance is 15 s and the start is 15 s away, but the
 *   counter is 0 at the first sample, so there is nothing to extrapolate to: the increase is 3. A gauge's delta is
 *   3 × 60/45 = 4.
 * @returns undefined for fewer than two samples.
 */
export function growth({ points, fromMs, toMs }: Range, isCounter: boolean): number | undefined {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2) return undefined;
  const grown = last.value - first.value + (isCounter ? lostToResets(points) : 0);

  const sampledSeconds = (last.atMs - first.atMs) / 1000;
  const meanDistance = sampledSeconds / (points.length - 1);
  const reach = meanDistance * 1.1;
  let toStart = (first.atMs - fromMs) / 1000;
  let toEnd = (toMs - last.atMs) / 1000;
  if (toStart >= reach) toStart = meanDistance / 2;
  if (toEnd >= reach) toEnd = meanDistance / 2;
  if (isCounter && grown > 0 && first.value >= 0) toStart = Math.min(toStart, sampledSeconds * (first.value / grown));
  return grown * ((sampledSeconds + toStart + toEnd) / sampledSeconds);
}

/** What the last two samples say: `idelta`, or per second `irate`, where a fall is a reset to 0. */
export function instantGrowth(points: readonly Point[], perSecond: boolean): number | undefined {
  const [before, last] = points.slice(-2);
  if (before === undefined || last === undefined) return undefined;
  if (!perSecond) return last.value - before.value;
  const grown = last.value < before.value ? last.value : last.value - before.value;
  return grown / ((last.atMs - before.atMs) / 1000);
}

function lostToResets(points: readonly Point[]): number {
  let lost = 0;
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    if (before !== undefined && point.value < before.value) lost += before.value;
  }
  return lost;
}
