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
  | ({ readonly name: string; readonly atMs: number; readonly status: 'unavailable'; readonly isThrottled?: true } & NoAnswer);

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

/** One metric of CloudWatch and how its samples become a datapoint. */
export interface CloudWatchSeries {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: string;
}

/** What CloudWatch is asked for, of periods of so many seconds. */
export type CloudWatchQuestion = { readonly periodSeconds: number } & (
  | {
      readonly kind: 'metric';
      readonly metric: CloudWatchSeries;
      /** AWS documents the metric, so one that was never written is known all the same. */
      readonly isDocumented?: true;
    }
  /** A number of events of which 0 means that there is nothing to judge. Documented by AWS, as those of a share are. */
  | { readonly kind: 'count'; readonly metric: CloudWatchSeries }
  /** Metric math of CloudWatch, over metrics by their ids. */
  | { readonly kind: 'expression'; readonly expression: string; readonly metrics: Readonly<Record<string, CloudWatchSeries>> }
  /** All that is counted, of which nothing is 0, divided by a number of events, of which nothing and 0 are no data. */
  | { readonly kind: 'share'; readonly counted: readonly CloudWatchSeries[]; readonly of: CloudWatchSeries }
);

/** The newest full period that CloudWatch answers for. No data and a source that is down are answers too, and never 0. */
export type Datapoint =
  | { readonly status: 'value'; readonly value: number; readonly fromMs: number; readonly untilMs: number }
  | { readonly status: 'noData'; readonly why: string }
  /**
   * `isRefused`: CloudWatch will never answer that question, such as an expression that it can't read. `isThrottled`: it is not down, it answers others: its
   * quota was used up.
   */
  | { readonly status: 'unavailable'; readonly why: string; readonly isRefused?: true; readonly isThrottled?: true };

export interface ListedMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What metrics are looked up by. A dimension without a value has any; a metric may have others besides. */
export interface MetricFilter {
  readonly namespace: string;
  readonly metricName?: string;
  readonly dimensions?: readonly { readonly name: string; readonly value?: string }[];
}

export type MetricListing =
  /** `isWhole`: false where there are more than was worth reading. */
  | { readonly status: 'listed'; readonly metrics: readonly ListedMetric[]; readonly isWhole: boolean }
  | { readonly status: 'unavailable'; readonly why: string };

export interface CloudWatchMetrics {
  /**
   * Idempotent. Asks all at once; never throws for what CloudWatch answers or does not answer. Same order as asked.
   *
   * @param patienceMs For how long it asks again where CloudWatch throttles; 0 where left out.
   */
  measure(questions: readonly CloudWatchQuestion[], patienceMs?: number): Promise<Datapoint[]>;
  /** Idempotent. Metrics that were written to in the last two weeks. Never throws for an outage. */
  list(filter: MetricFilter): Promise<MetricListing>;
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
