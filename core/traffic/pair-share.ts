import type { Split } from './split.ts';

/**
 * The weights of stable and canary in a rule that has other backends beside them, which keep theirs: the two share what they had together, and
 * no more. Undefined where no integers say it exactly; rounding would be another split than the one that was asked for.
 *
 * @param pairTotal what the two have together in the rule.
 * @example withinPair({ stable: 90, canary: 10 }, 100, 50) // { stable: 45, canary: 5 }
 * @example withinPair({ stable: 99, canary: 1 }, 100, 50) // undefined: half of one is no weight
 */
export function withinPair(split: Split, totalWeight: number, pairTotal: number): Split | undefined {
  const canary = (split.canary * pairTotal) / totalWeight;
  return Number.isInteger(canary) ? { stable: pairTotal - canary, canary } : undefined;
}

/**
 * What the weights of the two in a rule mean in units of totalWeight. Weights that somebody else wrote may mean no whole number; then the
 * nearest is told, and never a whole side where both have some.
 *
 * @example fromPair({ stable: 45, canary: 5 }, 100) // { stable: 90, canary: 10 }
 * @example fromPair({ stable: 9999, canary: 1 }, 100) // { stable: 99, canary: 1 }
 */
export function fromPair(pair: Split, totalWeight: number): Split {
  const pairTotal = pair.stable + pair.canary;
  if (pairTotal === 0 || pair.canary === 0) return { stable: totalWeight, canary: 0 };
  if (pair.stable === 0) return { stable: 0, canary: totalWeight };
  const canary = Math.min(totalWeight - 1, Math.max(1, Math.round((pair.canary * totalWeight) / pairTotal)));
  return { stable: totalWeight - canary, canary };
}
