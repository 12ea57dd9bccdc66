import type { Answers, Block } from '../analysis/proportion/block.ts';
import { type PriorDispersion, priorDispersion, unknownDispersion } from '../analysis/proportion/dispersion.ts';
import type { PastValue } from '../metric-ports.ts';
import { settleMs } from '../traffic/settle-seconds.ts';
import type { AnswerCount, AnswerLook } from './answer-count.ts';
import type { Watch } from './record.ts';

/** A count that was not continued for so long begins anew: Prometheus may have forgotten where it began. */
export const longestGapMs = 600_000;

/** Of one look. Sums of as many as a rollout of 30 days has looks are still whole numbers. */
const mostAnswers = 1e9;

/** Stable's half hour before a rollout, a minute each. */
export const pastOfStable = { everySeconds: 60, count: 30 } as const;

/** What is to be asked of the counters at a look. */
export type AnswerQuestion<View> =
  /** Whether all have been scraped since this moment, so that the step's count may begin. */
  | { readonly ask: 'beginning'; readonly sinceMs: number }
  /** By how much they have grown in the last so many milliseconds. */
  | { readonly ask: 'growth'; readonly view: View; readonly forMs: number }
  | { readonly ask: 'nothing'; readonly look: AnswerLook };

/**
 * The count of a step begins when every series has been scraped since its weight took effect, and is continued from look to look, so that each block lies
 * between two looks of one step.
 *
 * @param views The series that may count; a count goes on with those that it was begun with.
 */
export function nextQuestion<View extends { readonly name: string }>(
  count: AnswerCount,
  watch: Pick<Watch, 'stepIndex' | 'startedAtMs'>,
  views: readonly View[],
  nowMs: number,
): AnswerQuestion<View> {
  const view = views.find(({ name }) => name === count.view);
  const forMs = Math.round(nowMs - (count.countedUntilMs ?? 0));
  const goesOn = count.stepIndex === watch.stepIndex && count.countedUntilMs !== undefined && forMs <= longestGapMs;
  if (view === undefined || !goesOn) return { ask: 'beginning', sinceMs: watch.startedAtMs + settleMs };
  return forMs < 1 ? { ask: 'nothing', look: nothing('No time has passed since the last count.') } : { ask: 'growth', view, forMs };
}

/** @param scrapedAtMs When the series that were scraped least lately were scraped. */
export function beginAt(
  { view, scrapedAtMs, atMs }: { readonly view: string; readonly scrapedAtMs: number; readonly atMs: number },
  sinceMs: number,
): AnswerLook {
  if (scrapedAtMs >= sinceMs) return { status: 'begins', atMs, view };
  return nothing('Its counters were not scraped yet since the weight took effect.');
}

/**
 * By how much both sides' counters have grown, as a block.
 *
 * @param query What asked for the canary's bad answers; undefined where nobody was asked.
 */
export function countedLook(
  { stepIndex, canary, stable }: Block,
  { atMs, query }: { readonly atMs: number; readonly query?: string },
): AnswerLook {
  const most = Math.max(canary.all, canary.bad, stable.all, stable.bad);
  if (most > mostAnswers) return nothing(`Prometheus counts ${most} answers since the last look, more than there can be.`);
  const block = { stepIndex, canary: wholeAnswers(canary), stable: wholeAnswers(stable) };
  return { status: 'counted', atMs, block, ...(query === undefined ? {} : { query }) };
}

/** Stable's answers minute by minute, as two questions were answered for them; undefined where there were more than there can be. */
export function minutesOf(all: readonly PastValue[], bad: readonly PastValue[]): readonly Answers[] | undefined {
  if (all.some(({ value }) => value > mostAnswers)) return undefined;
  const badAt = new Map(bad.map(({ atMs, value }) => [atMs, value]));
  return all.map(({ atMs, value }) => wholeAnswers({ all: value, bad: badAt.get(atMs) ?? 0 }));
}

/** What stable alone has shown before the rollout of how its bad answers come. */
export function learnNoise(minutes: readonly Answers[] | undefined): PriorDispersion {
  return minutes === undefined ? unknownDispersion : priorDispersion(minutes);
}

export function nothing(why: string, sourceDown = false): AnswerLook {
  return { status: 'nothing', why, sourceDown };
}

/** Series of one proxy are scraped together, but those of bad answers may begin, or vanish, a scrape apart from those of all. */
export function wholeAnswers({ all, bad }: Answers): Answers {
  const counted = Math.max(0, Math.round(all));
  return { all: counted, bad: Math.min(counted, Math.max(0, Math.round(bad))) };
}
