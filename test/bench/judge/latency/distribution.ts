/** How long answers take. */
export interface Speed {
  /** All of them take so many times as long as usual. */
  readonly factor: number;
  /** So many of them, as a share, take ten times as long besides. */
  readonly slowShare: number;
}

const body = { medianMs: 80, sigma: 0.5 } as const;
const tail = { share: 0.01, fromMs: 200, exponent: 1.5 } as const;
const slower = 10;

/**
 * The share of answers that take at most so long: a lognormal body (median 80 ms, σ 0.5) and one of a hundred from a heavy tail (Pareto, from 200 ms,
 * α 1.5), as services show it that wait for others (Dean, Barroso, The tail at scale, 2013).
 *
 * @example 1 - shareWithin(250, { factor: 1, slowShare: 0 }) // 0.0184: 1.1 points of the body, 0.7 of the tail
 */
export function shareWithin(ms: number, { factor, slowShare }: Speed): number {
  return (1 - slowShare) * usuallyWithin(ms / factor) + slowShare * usuallyWithin(ms / (factor * slower));
}

function usuallyWithin(ms: number): number {
  if (ms === Number.POSITIVE_INFINITY) return 1;
  const ofTail = ms <= tail.fromMs ? 0 : 1 - (tail.fromMs / ms) ** tail.exponent;
  return (1 - tail.share) * normalShare(Math.log(ms / body.medianMs) / body.sigma) + tail.share * ofTail;
}

/** The normal distribution's share below z, to 1e-7: Abramowitz, Stegun, Handbook of mathematical functions, 26.2.17. */
export function normalShare(z: number): number {
  if (z < 0) return 1 - normalShare(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}
