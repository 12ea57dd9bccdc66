import type { Answers } from '../../../../core/analysis/proportion/block.ts';
import type { Draw } from '../draw.ts';
import type { Meter } from '../meter.ts';
import { type Speed, shareWithin } from './distribution.ts';

/** The upper bounds of Istio's histogram, in ms, as far as anything is between them. */
export const bounds: readonly number[] = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, Number.POSITIVE_INFINITY];

/** One side's answers over a time, by how long they took: as many in each bucket, not cumulated. */
export interface Histogram {
  readonly all: number;
  readonly counts: readonly number[];
}

const nothing: Histogram = { all: 0, counts: bounds.map(() => 0) };

function addHistograms(one: Histogram, other: Histogram): Histogram {
  return { all: one.all + other.all, counts: one.counts.map((count, index) => count + (other.counts[index] ?? 0)) };
}

/** How many of so many answers fall into each bucket: multinomial, one bucket after the other, so that much traffic takes no longer than little. */
export function drawHistogram(draw: Draw, all: number, speed: Speed): Histogram {
  let left = all;
  let above = 1;
  let below = 0;
  const counts = bounds.map((bound) => {
    const within = shareWithin(bound, speed);
    const share = within - below;
    const count = bound === Number.POSITIVE_INFINITY ? left : draw.binomial(left, Math.min(1, Math.max(0, share / above)));
    left -= count;
    above -= share;
    below = within;
    return count;
  });
  return { all, counts };
}

/** @param aboveMs One of the histogram's bounds. */
export function slowerThan(aboveMs: number): (histogram: Histogram) => Answers {
  const from = bounds.indexOf(aboveMs) + 1;
  return ({ all, counts }) => ({ all, bad: counts.slice(from).reduce((sum, count) => sum + count, 0) });
}

/**
 * A quantile as Prometheus's histogram_quantile gives it: evenly between the bounds of the bucket that it falls into, and the highest finite bound where
 * it falls above that. https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 *
 * @example Of 100 answers 90 take up to 250 ms and 10 up to 500 ms: the quantile of 95 % is 375 ms.
 */
export function quantile(share: number): Meter<Histogram> {
  return { nothing, add: addHistograms, read: (histogram) => (histogram.all === 0 ? 'noData' : quantileOf(histogram, share)) };
}

function quantileOf({ all, counts }: Histogram, share: number): number {
  const rank = share * all;
  let below = 0;
  for (const [index, count] of counts.entries()) {
    const [from, to] = [bounds[index - 1] ?? 0, bounds[index] ?? Number.POSITIVE_INFINITY];
    if (below + count >= rank && count > 0) return to === Number.POSITIVE_INFINITY ? from : from + ((to - from) * (rank - below)) / count;
    below += count;
  }
  return bounds.at(-2) ?? 0;
}
