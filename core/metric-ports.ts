/** The ports of judgement: who answers questions about metrics, and who knows the states of alarms and alerts. */

/** One question to a source of metrics, ready to send. */
export interface MetricQuery {
  readonly name: string;
  readonly query: string;
}

/** One answer, with its time. No data and a source that is down are answers too, and never 0. */
export type Measurement =
  | { readonly name: string; readonly atMs: number; readonly status: 'value'; readonly value: number }
  | ({ readonly name: string; readonly atMs: number; readonly status: 'noData' } & NoAnswer)
  | ({ readonly name: string; readonly atMs: number; readonly status: 'unavailable' } & NoAnswer);

export interface NoAnswer {
  readonly why: string;
  /** True where the question itself is at fault, as one with several series as its answer: asking again never mends it. */
  readonly wrongQuestion?: true;
}

export interface MetricProvider {
  /** Idempotent. Asks all at once; never throws for what the source answers or does not answer. Same order as asked. */
  measure(queries: readonly MetricQuery[]): Promise<Measurement[]>;
  /**
   * Idempotent. What a question with one number as its answer would have been answered at regular moments of the past, the oldest first: none for moments at
   * which there was no answer, and none at all where the source does not answer now. Never throws.
   */
  history(query: MetricQuery, past: PastMoments): Promise<readonly PastValue[]>;
}

export interface PastMoments {
  readonly lastAtMs: number;
  readonly everySeconds: number;
  readonly count: number;
}

export interface PastValue {
  readonly atMs: number;
  readonly value: number;
}

export type AlarmState = 'ok' | 'alarm' | 'insufficientData';

/** The state of one alarm or alert; `missing` where no such alarm exists, `unavailable` where the source did not answer. */
export interface AlarmReading {
  readonly name: string;
  readonly state: AlarmState | 'missing' | 'unavailable';
  readonly reason: string;
  /** When it came into that state, where the source tells. */
  readonly sinceMs: number | undefined;
}

export interface AlarmSource {
  /** Idempotent. One reading per name, in the order asked; batched as the source allows. Never throws for an outage. */
  read(names: readonly string[]): Promise<AlarmReading[]>;
}
