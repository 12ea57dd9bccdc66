import type { Rate } from './quotas.ts';

/** A quota that fills up steadily. The caller says what time it is, which never runs backwards. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #atMs: number | undefined;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.burst;
  }

  /**
   * Takes so many tokens, or none where there are too few. What is more than the whole bucket is taken from a full one, which then owes
   * the rest: DynamoDB lets a large item through like this.
   */
  take(count: number, nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#tokens < Math.min(count, this.#rate.burst)) return false;
    this.#tokens -= count;
    return true;
  }

  /**
   * Takes so many tokens in any case, and says how long it takes until they are there: for a quota beyond which AWS delays.
   *
   * @example Of an empty bucket with 10 tokens a second, reserve(5, now) is 500, and the next reserve(5, now) 1000.
   */
  reserve(count: number, nowMs: number): number {
    this.#fill(nowMs);
    this.#tokens -= count;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#rate.perSecond) * 1000;
  }

  #fill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - (this.#atMs ?? nowMs));
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + (elapsedMs / 1000) * this.#rate.perSecond);
    this.#atMs = Math.max(this.#atMs ?? nowMs, nowMs);
  }
}
