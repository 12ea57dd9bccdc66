import { type Labels, labelsKey } from './labels.ts';
import type { SeriesStore } from './series-store.ts';

export interface WrittenSample {
  readonly labels: Labels;
  readonly value: number;
  /** A time of the sample's own. Such a series gets no staleness marker, as in Prometheus: it ends by the look-back. */
  readonly atMs?: number | undefined;
}

/** Writes what one source has now, and a staleness marker for each series that it had the last time and has no more. */
export class StaleTracker {
  readonly #store: SeriesStore;
  #present = new Map<string, Labels>();

  constructor(store: SeriesStore) {
    this.#store = store;
  }

  write(samples: readonly WrittenSample[], atMs: number): void {
    const before = this.#present;
    this.#present = new Map();
    for (const sample of samples) {
      this.#store.append(sample.labels, sample.atMs ?? atMs, sample.value);
      if (sample.atMs === undefined) this.#present.set(labelsKey(sample.labels), sample.labels);
    }
    for (const [key, labels] of before) {
      if (!this.#present.has(key)) this.#store.append(labels, atMs, 'stale');
    }
  }
}
