import { createMemoryStore } from '../../../adapters/store/memory.ts';
import { listSpread } from '../../../adapters/store/spread-partitions.ts';
import type { RolloutStore, StoreKey } from '../../../core/ports.ts';
import { sweep } from '../../../functions/sweep.ts';
import { sweepEverySeconds } from '../../../runtime/event-patterns.ts';
import type { Log } from '../../../runtime/log.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { functionSetups } from '../../../stacks/functions.ts';
import { seededRandom } from '../../seeded-random.ts';
import { Account, type Counted } from './account.ts';
import { fillStore } from './fill-store.ts';
import { heapAfterCollection } from './heap.ts';
import { limitedPorts } from './limited-ports.ts';
import type { Quotas } from './quotas.ts';
import { Recorder } from './recorder.ts';

export interface SweepOptions {
  /** Rollouts that run, one of each service. */
  readonly rollouts: number;
  readonly alarmsEach: number;
  readonly sweeps: number;
  readonly quotas: Quotas;
  readonly seed: number;
  /** A store with one rollout of `service-0` that was really run: the others are made after it. */
  readonly sample: RolloutStore;
}

export interface SweepResult {
  readonly counted: Counted;
  /** How long each run of the sweep took, if nothing had ended it. */
  readonly tookMs: readonly number[];
  readonly timeoutMs: number;
  /** The longest time between two readings of one alarm, or to its first one, over all alarms. */
  readonly longestUnreadMs: number;
  /** What the sweep holds in memory beside the store's own items, in bytes, as it asks for alarms. */
  readonly heapBytes: number;
}

/** Runs the real sweep, minute by minute, over so many running rollouts. */
export async function runSweeps({ rollouts, alarmsEach, sweeps, quotas, seed, sample }: SweepOptions): Promise<SweepResult> {
  const clock = new VirtualClock();
  const account = new Account(quotas);
  const store = createMemoryStore();
  await fillStore(store, sample, { rollouts, alarmsEach, nowMs: clock.now() });
  const startMs = clock.now();
  const readAtMs = new Map<string, number>();
  let longestUnreadMs = 0;
  let heapBytes = 0;
  const emptyHeap = heapAfterCollection();
  const handler = sweep.wiredWith(
    limitedPorts(
      {
        clock,
        account,
        recorder: new Recorder(clock),
        random: seededRandom(seed),
        onAlarms: (names) => {
          if (heapBytes === 0) heapBytes = Math.max(1, heapAfterCollection() - emptyHeap);
          for (const name of names) {
            longestUnreadMs = Math.max(longestUnreadMs, clock.now() - (readAtMs.get(name) ?? startMs));
            readAtMs.set(name, clock.now());
          }
        },
      },
      { ...silentDeps, clock, store },
    ),
  );
  const tookMs: number[] = [];
  for (let run = 0; run < sweeps; run += 1) {
    const fromMs = clock.now();
    await handler({});
    tookMs.push(clock.now() - fromMs);
    await renewLeases(store, rollouts, clock.now());
    await clock.sleep(Math.max(0, startMs + (run + 1) * sweepEverySeconds * 1000 - clock.now()));
  }
  if (readAtMs.size < rollouts * alarmsEach) longestUnreadMs = Number.POSITIVE_INFINITY;
  clock.stop();
  const timeoutMs = (functionSetups.find(({ name }) => name === 'Sweep')?.timeoutSeconds ?? 0) * 1000;
  return { counted: account.counted(), tookMs, timeoutMs, longestUnreadMs, heapBytes };
}

/** What the rollouts themselves do meanwhile, which are not run here. */
async function renewLeases(store: RolloutStore, rollouts: number, nowMs: number): Promise<void> {
  for (const { key, value } of (await listSpread(store, 'locks')).slice(0, rollouts)) {
    await store.write([{ put: key as StoreKey, value: { ...value, leaseUntilMs: nowMs + 600_000 }, expect: 'anything' }]);
  }
}

const silentLog: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: (message, error) => {
    throw new Error(`the sweep failed to do something: ${message}`, { cause: error });
  },
  metrics: () => undefined,
  with: () => silentLog,
};

/** Every execution runs, nothing was pushed, and nobody listens. */
const silentDeps: Omit<Parameters<typeof limitedPorts>[1], 'clock' | 'store'> = {
  log: silentLog,
  clusters: { open: () => unused('the cluster') },
  clusterFinder: { find: () => unused('EKS') },
  executions: { start: async () => 'started', describe: async () => ({ status: 'running' }), stop: async () => undefined },
  images: { resolve: () => unused('an image'), pushedSince: async () => [] },
  events: { publish: async () => undefined },
  alarms: { read: () => unused('alarms') },
  cloudWatch: { measure: () => unused('cloudWatch'), list: () => unused('cloudWatch') },
  prometheus: () => unused('Prometheus'),
  webhookSecret: { read: () => unused('the secret') },
};

function unused(what: string): never {
  throw new Error(`the sweep has no need of ${what} here`);
}
