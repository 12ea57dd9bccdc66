/**
 * Chooses among weights in turn, spread as evenly as can be: nginx's smooth weighted round robin. Each choice adds every
 * weight to its running value, takes the largest, and lowers that one by the total.
 *
 * The row repeats after (total ÷ greatest common divisor) choices, and each repetition holds every index exactly as often as
 * its weight says: with 95 and 5, any 100 choices in a row hold index 1 five times. A weight of 0 is never chosen.
 *
 * @example new SmoothWeights([2, 1]).next() // 0, then 1, 0, and again 0, 1, 0
 */
export class SmoothWeights {
  readonly #weights: readonly number[];
  readonly #running: number[];
  readonly #total: number;

  /**
   * @param skip how many choices to leave out at the start, to begin elsewhere in the row.
   * @throws RangeError where no weight is above 0: a bug of the caller, who must have refused such a route.
   */
  constructor(weights: readonly number[], skip = 0) {
    this.#weights = weights;
    this.#running = weights.map(() => 0);
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
    if (!(this.#total > 0)) throw new RangeError(`none of the weights ${weights.join(', ')} is above 0`);
    for (let skipped = 0; skipped < skip % this.#total; skipped += 1) this.next();
  }

  /** The index of the next choice. */
  next(): number {
    let chosen = -1;
    let largest = Number.NEGATIVE_INFINITY;
    for (const [index, weight] of this.#weights.entries()) {
      if (weight === 0) continue;
      const running = (this.#running[index] ?? 0) + weight;
      this.#running[index] = running;
      if (running > largest) {
        largest = running;
        chosen = index;
      }
    }
    this.#running[chosen] = largest - this.#total;
    return chosen;
  }
}
