export type Statistic = 'median' | 'p99' | 'max';

/**
 * The value that the share of all samples does not exceed (nearest rank): always one that was measured, and with fewer than 100
 * samples the 99th percentile is the largest.
 *
 * @example quantile([10, 30, 20], 0.5) // 20
 * @throws RangeError without samples: there is nothing to say then, and 0 would be a lie.
 */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('a statistic needs at least one sample');
  return value;
}

export function statisticOf(samples: readonly number[], statistic: Statistic): number {
  return quantile(samples, { median: 0.5, p99: 0.99, max: 1 }[statistic]);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
