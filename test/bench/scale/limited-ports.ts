import type { AwsAnswer } from '../../../adapters/aws/json-api.ts';
import { backoffMs } from '../../../adapters/aws/retry.ts';
import { createCloudWatchAlarmSource } from '../../../adapters/metrics/cloudwatch.ts';
import { createCloudWatchMetrics } from '../../../adapters/metrics/cloudwatch-metrics.ts';
import { AwsUnavailableError, StoreUnavailableError } from '../../../core/errors.ts';
import type { Clock, KubernetesApi, RolloutStore, StoreChange, StoredItem } from '../../../core/ports.ts';
import type { Deps } from '../../../runtime/deps.ts';
import { itemBytes, queryUnits, readUnits, writeUnits } from '../dynamodb-units.ts';
import type { Account, Caller } from './account.ts';
import type { Call, PartitionUnits, Service } from './call.ts';
import { metricDataAt, metricListOf } from './datapoints.ts';
import { latencyMs } from './latencies.ts';
import { bytesPerPage } from './quotas.ts';
import type { Recorder } from './recorder.ts';
import { alarmCallsPerSecond, sdkAttempts, sdkBackoffMs, storeAttempts } from './retries.ts';

export interface Instruments {
  readonly clock: Clock;
  readonly account: Account;
  readonly recorder: Recorder;
  readonly random: () => number;
  readonly by?: Caller;
  /** Hears of the alarms of each DescribeAlarms that CloudWatch answers. */
  readonly onAlarms?: (names: readonly string[]) => void;
}

/** A request that finds its quota used up is tried again as its client does; then it fails with that client's error. */
interface Policy {
  readonly attempts: number;
  readonly backoffMs: (attempt: number) => number;
  readonly refused: () => Error;
}

/** The ports of the real functions, in an account whose quotas bind and whose answers take time. */
export function limitedPorts({ clock, account, recorder, random, by = 'rollout', onAlarms }: Instruments, deps: Deps): Deps {
  const request = async <T>(call: Call, policy: Policy, act: () => Promise<T> | T): Promise<T> => {
    const startedAtMs = clock.now();
    for (let attempt = 0; !account.take(call, clock.now(), by); attempt += 1) {
      if (attempt + 1 >= policy.attempts) throw policy.refused();
      await clock.sleep(policy.backoffMs(attempt));
    }
    try {
      const answer = await act();
      await clock.sleep(latencyMs[call.service]);
      return answer;
    } finally {
      recorder.call(call, startedAtMs);
    }
  };
  const plain = <T>(service: Service, act: () => Promise<T> | T, requests = 1) =>
    request({ service, units: [], requests }, ofStepFunctions(service), act);
  const sdk: Policy = {
    attempts: sdkAttempts,
    backoffMs: (attempt) => sdkBackoffMs(attempt, random()),
    refused: () => throttled('DescribeAlarms'),
  };
  const alarms = createCloudWatchAlarmSource(
    {
      send: ({ input: { AlarmNames = [] } }) =>
        request({ service: 'DescribeAlarms', units: [], requests: 1 }, sdk, () => {
          onAlarms?.(AlarmNames);
          return okAlarms(AlarmNames);
        }),
    },
    { clock, callsPerSecond: alarmCallsPerSecond },
  );
  /** Refuses once, as CloudWatch does: who asks again is the adapter. */
  const askCloudWatch = async (service: 'GetMetricData' | 'ListMetrics', input: unknown): Promise<AwsAnswer> => {
    const policy: Policy = { attempts: 1, backoffMs: () => 0, refused: () => throttled(service) };
    try {
      const output = await request({ service, units: [], requests: 1 }, policy, () =>
        service === 'GetMetricData' ? metricDataAt(input, clock.now()) : metricListOf(input),
      );
      return { status: 'ok', output };
    } catch (error) {
      if (!(error instanceof AwsUnavailableError)) throw error;
      const why = { name: 'ThrottlingException', message: 'Rate exceeded' };
      return { status: 'failed', failure: { ...why, retryable: true, refused: true, details: undefined } };
    }
  };
  const newCloudWatch = () =>
    createCloudWatchMetrics({
      clock,
      random,
      call: (operation, input) => askCloudWatch(operation === 'GetMetricData' ? operation : 'ListMetrics', input),
    });
  return {
    ...deps,
    cloudWatch: {
      measure: (questions, patienceMs) => recorder.own(newCloudWatch).measure(questions, patienceMs),
      list: (filter) => recorder.own(newCloudWatch).list(filter),
    },
    clock: {
      now: () => clock.now(),
      sleep: async (ms, signal) => {
        const startedAtMs = clock.now();
        await clock.sleep(ms, signal);
        recorder.sleep(startedAtMs);
      },
    },
    store: limitedStore(deps.store, request),
    clusters: { open: (endpoint) => limitedCluster(deps.clusters.open(endpoint), plain) },
    executions: {
      start: (machine, name, input) => plain('StartExecution', () => deps.executions.start(machine, name, input)),
      describe: (execution) => plain('DescribeExecution', () => deps.executions.describe(execution)),
      stop: (arn, reason) => deps.executions.stop(arn, reason),
    },
    images: {
      resolve: (repository, reference) => plain('DescribeImages', () => deps.images.resolve(repository, reference)),
      pushedSince: (repository, sinceMs) => plain('DescribeImages', () => deps.images.pushedSince(repository, sinceMs)),
    },
    events: { publish: (events) => plain('PutEvents', () => deps.events.publish(events), events.length) },
    alarms,
    prometheus: () => ({
      metrics: {
        measure: (queries) =>
          plain(
            'Prometheus',
            () => queries.map(({ name }) => ({ name, atMs: clock.now(), status: 'value' as const, value: 1 })),
            queries.length,
          ),
        history: () => plain('Prometheus', () => []),
      },
      alerts: {
        read: (names) => plain('Prometheus', () => names.map((name) => ({ name, state: 'ok' as const, reason: '', sinceMs: undefined }))),
      },
    }),
  };
}

type Request = <T>(call: Call, policy: Policy, act: () => Promise<T> | T) => Promise<T>;

const ofStore: Policy = {
  attempts: storeAttempts,
  backoffMs,
  refused: () => new StoreUnavailableError('DynamoDB refused a request for its rate.', { remedy: 'Try again later.' }),
};

function ofStepFunctions(service: Service): Policy {
  return { attempts: storeAttempts, backoffMs, refused: () => throttled(service) };
}

function throttled(service: string): Error {
  return new AwsUnavailableError(`${service} was refused for its rate.`, { remedy: 'Try again later.' });
}

function limitedStore(store: RolloutStore, request: Request): RolloutStore {
  const read = (service: 'GetItem' | 'Query', partition: string, count: number): Call => ({
    service,
    units: [{ partition, count }],
    requests: 1,
  });
  return {
    read: async (key) => {
      const item = await store.read(key);
      return request(read('GetItem', key.partition, readUnits(item)), ofStore, () => item);
    },
    list: async (partition) => {
      const items = await store.list(partition);
      // A page is a request of its own: what a long list takes of the partition is spread over its pages.
      for (const page of pagesOf(items).slice(0, -1)) {
        await request(read('Query', partition, queryUnits(page)), ofStore, () => undefined);
      }
      return request(read('Query', partition, queryUnits(pagesOf(items).at(-1) ?? [])), ofStore, () => items);
    },
    write: (changes) =>
      request({ service: 'WriteItems', units: changes.map((change) => unitsOf(change, changes)), requests: 1 }, ofStore, () =>
        store.write(changes),
      ),
  };
}

function pagesOf(items: readonly StoredItem[]): StoredItem[][] {
  const pages: StoredItem[][] = [[]];
  let bytes = 0;
  for (const item of items) {
    const size = itemBytes(item.key, item.value);
    if (bytes + size > bytesPerPage) {
      pages.push([]);
      bytes = 0;
    }
    pages.at(-1)?.push(item);
    bytes += size;
  }
  return pages;
}

function unitsOf(change: StoreChange, all: readonly StoreChange[]): PartitionUnits {
  const key = 'put' in change ? change.put : 'remove' in change ? change.remove : change.check;
  return { partition: key.partition, count: writeUnits([change]) * (all.length > 1 ? 2 : 1) };
}

function limitedCluster(api: KubernetesApi, plain: <T>(service: Service, act: () => Promise<T>) => Promise<T>): KubernetesApi {
  return {
    read: (ref) => plain('Kubernetes', () => api.read(ref)),
    list: (ref, selector) => plain('Kubernetes', () => api.list(ref, selector)),
    write: (write) => plain('Kubernetes', () => api.write(write)),
    remove: (ref, preconditions) => plain('Kubernetes', () => api.remove(ref, preconditions)),
  };
}

/** Every alarm exists and is quiet. */
function okAlarms(names: readonly string[]) {
  return {
    $metadata: {},
    MetricAlarms: names.map((AlarmName) => ({
      AlarmName,
      StateValue: 'OK' as const,
      StateReason: 'quiet',
      StateTransitionedTimestamp: new Date(0),
    })),
  };
}
