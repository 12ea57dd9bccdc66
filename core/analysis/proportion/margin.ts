/**
 * How much worse than stable a canary may be: its share of bad answers may be `ratio` times stable's, and `excess` more. Both together, so that a
 * service whose normal share is 0 has a margin, and one whose normal share is 5 % does not fail by the noise of a difference that nobody would
 * call worse.
 *
 * @example With a ratio of 1.2 and an excess of 0.001, stable at 1 % allows the canary 1.3 %, and stable at 0 allows it 0.1 %.
 */
export interface Margin {
  readonly ratio: number;
  readonly excess: number;
}

export function allowedShare(stableShare: number, { ratio, excess }: Margin): number {
  return ratio * stableShare + excess;
}

/** So much more room a canary has that nothing answers beside any more: what stable did before stands for it, and time changes services. */
const roomAlone = 2;

/**
 * The margin at full weight, where the canary is judged alone: its share may be twice what it could be beside a stable of that share.
 *
 * @example marginAlone(0.01, { ratio: 1.2, excess: 0.001 }) // { ratio: 0, excess: 0.026 }
 */
export function marginAlone(stableShare: number, margin: Margin): Margin {
  return { ratio: 0, excess: Math.min(1, allowedShare(stableShare, margin) * roomAlone) };
}
