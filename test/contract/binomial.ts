/** How unlikely a count outside of the interval is, where the share is as it should be. */
const outside = 1e-6;

/**
 * The counts that so many independent requests may show, each with the same probability: exact, and so wide that a count outside of it means
 * another probability, not bad luck.
 *
 * @example binomialInterval(1000, 0.05) // [20, 87]
 */
export function binomialInterval(requests: number, probability: number): readonly [least: number, most: number] {
  if (probability <= 0) return [0, 0];
  if (probability >= 1) return [requests, requests];
  const chances = Array.from({ length: requests + 1 }, (_, count) => Math.exp(logChance(requests, count, probability)));
  return [firstAbove(chances), requests - firstAbove(chances.toReversed())];
}

/** The first count that is left when the rarest ones below it are cut off. */
function firstAbove(chances: readonly number[]): number {
  let sum = 0;
  return chances.findIndex((chance) => {
    sum += chance;
    return sum > outside / 2;
  });
}

function logChance(requests: number, count: number, probability: number): number {
  let ways = 0;
  for (let factor = 1; factor <= count; factor += 1) ways += Math.log((requests - count + factor) / factor);
  return ways + count * Math.log(probability) + (requests - count) * Math.log1p(-probability);
}
