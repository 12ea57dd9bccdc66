/** Text that grows without end, of which the last part is kept. */
export class Tail {
  readonly #limit: number;
  #text = '';

  constructor(limit = 2_000_000) {
    this.#limit = limit;
  }

  add(text: string): void {
    this.#text += text;
    // Cut seldom: a cut copies all that stays.
    if (this.#text.length > 2 * this.#limit) this.#text = this.text();
  }

  text(): string {
    return this.#text.slice(-this.#limit);
  }
}
