/** A request to something that has a quota, or that takes time. */
export type Service =
  | 'GetItem'
  | 'Query'
  | 'WriteItems'
  | 'StartExecution'
  | 'DescribeExecution'
  | 'DescribeAlarms'
  | 'GetMetricData'
  | 'ListMetrics'
  | 'PutEvents'
  | 'Kubernetes'
  | 'Prometheus'
  | 'DescribeImages';

export interface Call {
  readonly service: Service;
  /** What it takes of each partition key of the store; empty elsewhere. */
  readonly units: readonly PartitionUnits[];
  /** What it takes of the service's own quota: entries of PutEvents, queries to Prometheus; else 1. */
  readonly requests: number;
}

export interface PartitionUnits {
  readonly partition: string;
  readonly count: number;
}

/** A moment of one invocation, in milliseconds from its start. */
interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

export type RecordedCall = Call & Span & { readonly kind: 'call' };

/** `sleep` is the function's own wait until a moment; `look` the end of one analysis. */
export type RecordedEntry = RecordedCall | (Span & { readonly kind: 'sleep' }) | (Span & { readonly kind: 'look' });

export interface Invocation {
  readonly name: string;
  /** In the order in which they ended. */
  readonly entries: readonly RecordedEntry[];
  readonly tookMs: number;
}
