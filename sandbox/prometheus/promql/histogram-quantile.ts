export interface Bucket {
  /** The value of the label `le`. */
  readonly upperBound: number;
  /** Observations up to that bound, those of the lower buckets among them. */
  readonly count: number;
}

/**
 * The quantile of a classic histogram, as Prometheus's `histogram_quantile` gives it: observations are taken to be spread evenly
 * in their bucket, and the lowest bucket to begin at 0. In the highest bucket there is nothing to interpolate to, and the answer
 * is the bound below it.
 *
 * @example bucketQuantile(0.5, [{ le 0.1: 10 }, { le 0.5: 30 }, { le +Inf: 30 }]) // rank 15, a quarter into (0.1, 0.5]: 0.2
 * @returns NaN without observations, without a bucket `+Inf`, or for fewer than two buckets; -Inf and +Inf for a quantile below 0
 *   and above 1.
 */
export function bucketQuantile(quantile: number, unsorted: readonly Bucket[]): number {
  if (Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return Number.NEGATIVE_INFINITY;
  if (quantile > 1) return Number.POSITIVE_INFINITY;
  const buckets = monotonic(coalesce(unsorted.toSorted((a, b) => a.upperBound - b.upperBound || 0)));
  const highest = buckets.at(-1);
  const secondHighest = buckets.at(-2);
  if (highest?.upperBound !== Number.POSITIVE_INFINITY || secondHighest === undefined || highest.count === 0) return Number.NaN;

  const rank = quantile * highest.count;
  const index = buckets.findIndex(({ count }, at) => count >= rank || at === buckets.length - 1);
  const bucket = buckets[index];
  if (bucket === undefined || bucket === highest) return secondHighest.upperBound;
  if (index === 0 && bucket.upperBound <= 0) return bucket.upperBound;
  const below = buckets[index - 1] ?? { upperBound: 0, count: 0 };
  const share = (rank - below.count) / (bucket.count - below.count);
  return below.upperBound + (bucket.upperBound - below.upperBound) * share;
}

/** `1` and `1.0` are one bound, and their counts add up. */
function coalesce(sorted: readonly Bucket[]): Bucket[] {
  const merged: Bucket[] = [];
  for (const bucket of sorted) {
    const last = merged.at(-1);
    if (last?.upperBound === bucket.upperBound) merged[merged.length - 1] = { ...last, count: last.count + bucket.count };
    else merged.push(bucket);
  }
  return merged;
}

/** Counts that fall from one bucket to the next, as scraped halfway or by rounding, are raised to the one before. */
function monotonic(buckets: readonly Bucket[]): Bucket[] {
  let highest = Number.NaN;
  return buckets.map(({ upperBound, count }) => {
    const isSmallDelta = Math.abs(count - highest) <= 1e-12 * Math.min(Math.abs(count) + Math.abs(highest), Number.MAX_VALUE);
    if (Number.isNaN(highest) || (count > highest && !isSmallDelta)) highest = count;
    return { upperBound, count: highest };
  });
}
