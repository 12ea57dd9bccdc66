/** What goes wrong on purpose. Settable at any time; it counts for the requests that come in after. */
export interface Faults {
  /**
   * Connections are cut as soon as they come in, and those that are open too: to a client the same as a refused one. Scraping
   * goes on, as behind a broken network.
   */
  down: boolean;
  /** Every answer of the API is this one. */
  status: 429 | 500 | 503 | undefined;
  /** How long each request of the API waits before it is answered, in clock time. */
  slowMs: number;
  /** Added to each answer of a query: what a partial response of Thanos or a failing remote read looks like. */
  warnings: readonly string[];
}

export function noFaults(): Faults {
  return { down: false, status: undefined, slowMs: 0, warnings: [] };
}
