/**
 * A sum with Neumaier's compensation, as Prometheus sums: the small parts that a large running total would swallow are kept
 * apart until the end.
 *
 * @example compensatedSum([1e100, 1, -1e100]) // 1
 */
export function compensatedSum(values: Iterable<number>): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    if (!Number.isFinite(next)) lost = 0;
    else lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** The mean, also of finite values whose sum is too large for a number. */
export function mean(values: readonly number[]): number {
  const sum = compensatedSum(values);
  if (Number.isFinite(sum) || !values.every(Number.isFinite)) return sum / values.length;
  return compensatedSum(values.map((value) => value / values.length));
}

/** The largest of the values; NaN only where all are NaN. */
export function largest(values: readonly number[]): number {
  return values.reduce((best, value) => (value > best || Number.isNaN(best) ? value : best), Number.NaN);
}

/** The smallest of the values; NaN only where all are NaN. */
export function smallest(values: readonly number[]): number {
  return values.reduce((best, value) => (value < best || Number.isNaN(best) ? value : best), Number.NaN);
}
