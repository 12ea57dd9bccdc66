import { spreadPartitions } from '../../../adapters/store/spread-partitions.ts';
import { functionSetups } from '../../../stacks/functions.ts';
import type { Call, PartitionUnits, Service } from './call.ts';
import type { Quotas } from './quotas.ts';
import { TokenBucket } from './token-bucket.ts';

/** What is kept free for a function: it has these calls at a time and no more, and nobody else can use them. */
const reservedConcurrency: ReadonlyMap<string, number> = new Map(
  functionSetups.flatMap(({ name, reserved }) => (reserved === undefined ? [] : [[name, reserved.concurrency] as const])),
);

/** What all other functions share. */
export function unreserved({ lambdaConcurrency }: Pick<Quotas, 'lambdaConcurrency'>): number {
  return lambdaConcurrency - [...reservedConcurrency.values()].reduce((sum, count) => sum + count, 0);
}

/** Who asks: a rollout's own functions, or the sweep. */
export type Caller = 'rollout' | 'sweep';

export type Counts = Readonly<Record<string, number>>;

/**
 * One account in one region: says of each request whether its quota has room, and counts. It knows no clock and waits for nothing, so that the
 * real code in simulated time and the replay are measured by the same account.
 */
export class Account {
  readonly quotas: Quotas;
  readonly #buckets: Readonly<Partial<Record<Service, TokenBucket>>>;
  readonly #transitions: TokenBucket;
  readonly #readUnits = new Map<string, TokenBucket>();
  readonly #writeUnits = new Map<string, TokenBucket>();
  readonly #calls: Record<string, number> = {};
  readonly #throttled: Record<string, number> = {};
  readonly #units = { read: 0, write: 0 };
  #transitionCount = 0;
  #transitionDelayMs = 0;
  /** By function, for those that have calls of their own; all others under ''. */
  readonly #running = new Map<string, number>();
  #peak = 0;

  constructor(quotas: Quotas) {
    this.quotas = quotas;
    this.#transitions = new TokenBucket(quotas.stateTransition);
    this.#buckets = {
      StartExecution: new TokenBucket(quotas.startExecution),
      DescribeExecution: new TokenBucket(quotas.describeExecution),
      DescribeAlarms: new TokenBucket(quotas.describeAlarms),
      GetMetricData: new TokenBucket(quotas.getMetricData),
      ListMetrics: new TokenBucket(quotas.listMetrics),
      PutEvents: new TokenBucket(quotas.putEvents),
    };
  }

  /** Whether the request goes through; one that does not is a ThrottlingException. What the sweep asks takes of the quotas, and is not counted. */
  take(call: Call, nowMs: number, by: Caller = 'rollout'): boolean {
    const allowed = this.#hasRoom(call, nowMs);
    if (by === 'sweep') return allowed;
    add(allowed ? this.#calls : this.#throttled, call.service, call.requests);
    if (allowed) {
      const total = call.units.reduce((sum, { count }) => sum + count, 0);
      if (call.service === 'WriteItems') this.#units.write += total;
      else this.#units.read += total;
    }
    return allowed;
  }

  /** A state is entered. @returns How long the execution is delayed. */
  enterState(nowMs: number): number {
    const delayMs = this.#transitions.reserve(1, nowMs);
    this.#transitionCount += 1;
    this.#transitionDelayMs = Math.max(this.#transitionDelayMs, delayMs);
    return delayMs;
  }

  /** Whether a function may start; `leave` ends it. */
  invoke(name: string, by: Caller = 'rollout'): boolean {
    const pool = poolOf(name);
    const running = this.#running.get(pool) ?? 0;
    const allowed = running < (reservedConcurrency.get(pool) ?? unreserved(this.quotas));
    if (by === 'rollout') add(allowed ? this.#calls : this.#throttled, 'Lambda', 1);
    if (!allowed) return false;
    this.#running.set(pool, running + 1);
    this.#peak = Math.max(this.#peak, this.#runningInAll());
    return true;
  }

  leave(name: string): void {
    const pool = poolOf(name);
    this.#running.set(pool, (this.#running.get(pool) ?? 0) - 1);
  }

  #runningInAll(): number {
    return [...this.#running.values()].reduce((sum, count) => sum + count, 0);
  }

  /** What was counted so far is forgotten: the preparation of a run is no part of it. */
  forget(): void {
    for (const counts of [this.#calls, this.#throttled]) for (const name of Object.keys(counts)) delete counts[name];
    Object.assign(this.#units, { read: 0, write: 0 });
    this.#transitionCount = 0;
    this.#transitionDelayMs = 0;
    this.#peak = this.#runningInAll();
  }

  counted(): Counted {
    return {
      calls: { ...this.#calls, StateTransition: this.#transitionCount },
      throttled: { ...this.#throttled },
      readUnits: this.#units.read,
      writeUnits: this.#units.write,
      peakConcurrency: this.#peak,
      longestTransitionDelayMs: this.#transitionDelayMs,
    };
  }

  #hasRoom({ service, units, requests }: Call, nowMs: number): boolean {
    const isWrite = service === 'WriteItems';
    const [buckets, rate] = isWrite
      ? [this.#writeUnits, this.quotas.partitionWriteUnits]
      : [this.#readUnits, this.quotas.partitionReadUnits];
    for (const { partition, count } of merged(units)) {
      const bucket = buckets.get(partition) ?? new TokenBucket(rate);
      if (isShared(partition)) buckets.set(partition, bucket);
      if (!bucket.take(count, nowMs)) return false;
    }
    return this.#buckets[service]?.take(requests, nowMs) ?? true;
  }
}

export interface Counted {
  readonly calls: Counts;
  readonly throttled: Counts;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly peakConcurrency: number;
  readonly longestTransitionDelayMs: number;
}

function poolOf(name: string): string {
  return reservedConcurrency.has(name) ? name : '';
}

const spread = new Set([...spreadPartitions('locks'), ...spreadPartitions('untold')]);

/**
 * Whether many rollouts use the partition key. One that bears a rollout's or an alarm's name has its own rollout's traffic only, some twenty units at a
 * time; a bucket for each would be nothing but memory.
 */
export function isShared(partition: string): boolean {
  return !partition.includes('#') || spread.has(partition);
}

function add(counts: Record<string, number>, name: string, count: number): void {
  counts[name] = (counts[name] ?? 0) + count;
}

function merged(units: readonly PartitionUnits[]): readonly PartitionUnits[] {
  if (units.length < 2) return units;
  const totals = new Map<string, number>();
  for (const { partition, count } of units) totals.set(partition, (totals.get(partition) ?? 0) + count);
  return [...totals].map(([partition, count]) => ({ partition, count }));
}
