import type { Answers } from '../analysis/proportion/block.ts';
import { newestMs, type Points, valueAt } from './points.ts';

/** One side's counters: all answers, and either the bad ones or the good ones. */
export interface SideCounters {
  readonly all: readonly Points<number>[];
  readonly bad: { readonly counters: readonly Points<number>[] } | { readonly allBut: readonly Points<number>[] };
}

/** So far back a series is looked for that was not there at the beginning of a count. */
const missedForMs = 15 * 60_000;

/**
 * By how much counters have grown between two moments, as growthQuery in adapters/metrics/share-queries.ts has Prometheus reckon it: a counter that fell
 * was begun anew, and counts from 0, as one that was not there before. One that was there before, but not at the beginning, says nothing of how much of it
 * is new, and is left out, as is one that has vanished.
 *
 * @example 5 at the beginning and 12 at the end count 7; 5 and 2 count 2; nothing and 3 count 3.
 */
export function growthOf(counters: readonly Points<number>[], fromMs: number, toMs: number, stepMs: number): number {
  return counters.reduce((sum, points) => {
    const now = valueAt(points, toMs, stepMs);
    if (now === undefined) return sum;
    const before = valueAt(points, fromMs, stepMs);
    if (before !== undefined) return sum + (now >= before ? now - before : now);
    return newestMs(points, fromMs - missedForMs, fromMs) === undefined ? sum + now : sum;
  }, 0);
}

export function answersBetween({ all, bad }: SideCounters, fromMs: number, toMs: number, stepMs: number): Answers {
  const ofAll = growthOf(all, fromMs, toMs, stepMs);
  if ('counters' in bad) return { all: ofAll, bad: growthOf(bad.counters, fromMs, toMs, stepMs) };
  return { all: ofAll, bad: ofAll - growthOf(bad.allBut, fromMs, toMs, stepMs) };
}

/** Whether anything was recorded of these counters at a moment. Where nothing was, nobody knows; it is no 0. */
export function hasPoints(counters: readonly Points<number>[], atMs: number, stepMs: number): boolean {
  return counters.some((points) => valueAt(points, atMs, stepMs) !== undefined);
}
