/** Gives pods addresses of a range, one after the other, so that one that was given back is not soon seen again. */
export class Addresses {
  readonly #addressOf: (host: number) => string;
  readonly #first: number;
  readonly #last: number;
  readonly #taken = new Set<string>();
  #next: number;

  /** @param addressOf Of the range's hosts, from `first` to `last`. */
  constructor(addressOf: (host: number) => string, first: number, last: number) {
    this.#addressOf = addressOf;
    this.#first = first;
    this.#last = last;
    this.#next = first;
  }

  /** The wanted one where it is free, such as that of a pod that ran before a restart. Undefined where all are taken. */
  take(wanted?: string): string | undefined {
    if (wanted !== undefined && !this.#taken.has(wanted)) {
      this.#taken.add(wanted);
      return wanted;
    }
    for (let tries = this.#first; tries <= this.#last; tries += 1) {
      const address = this.#addressOf(this.#next);
      this.#next = this.#next === this.#last ? this.#first : this.#next + 1;
      if (this.#taken.has(address)) continue;
      this.#taken.add(address);
      return address;
    }
    return undefined;
  }

  giveBack(address: string): void {
    this.#taken.delete(address);
  }
}
