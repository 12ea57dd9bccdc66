import { createMemoryStore } from '../../adapters/store/memory.ts';
import type { KubernetesApi, RolloutStore } from '../../core/ports.ts';
import type { Deps } from '../../runtime/deps.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { FakeKubernetes } from '../fakes/kubernetes-api.ts';
import { expectChange, expectEvent, expectStart } from './limits-of-aws.ts';

export interface CountedDeps {
  readonly deps: Deps;
  /** Writes to the store, to the cluster and to the world that were done, or asked for. */
  readonly written: () => number;
}

/** Ports in memory that count what is written through them. */
export function countedDeps(store: RolloutStore = createMemoryStore(), api: KubernetesApi = new FakeKubernetes()): CountedDeps {
  let writes = 0;
  const counted = async <T>(act: () => Promise<T>): Promise<T> => {
    writes += 1;
    return act();
  };
  const none = async () => [];
  const countedApi: KubernetesApi = {
    read: (ref) => api.read(ref),
    list: (ref, selector) => api.list(ref, selector),
    write: (write) => counted(() => api.write(write)),
    remove: (ref, preconditions) => counted(() => api.remove(ref, preconditions)),
  };
  const countedStore: RolloutStore = {
    read: (key) => store.read(key),
    list: (partition) => store.list(partition),
    write: (changes) =>
      counted(async () => {
        await store.write(changes);
        changes.forEach(expectChange);
      }),
  };
  const deps: Deps = {
    store: countedStore,
    clock: new VirtualClock(),
    log: createMemoryLog(),
    clusters: { open: () => countedApi },
    clusterFinder: { find: async (name) => ({ name, endpoint: 'http://127.0.0.1:1', certificateAuthority: '' }) },
    executions: {
      start: (_, name, input) =>
        counted(async () => {
          expectStart(name, input);
          return 'started' as const;
        }),
      describe: async () => ({ status: 'unknown' }),
      stop: () => counted(async () => undefined),
    },
    images: {
      resolve: async (repository) => ({ repository, tags: ['v2'], digest: `sha256:${'a'.repeat(64)}`, pushedAtMs: 0 }),
      pushedSince: none,
    },
    // What was refused is told, which is no write.
    events: { publish: async (events) => events.forEach(expectEvent) },
    alarms: { read: async (asked) => asked.map((name) => ({ name, state: 'ok', reason: '', sinceMs: undefined })) },
    cloudWatch: {
      measure: async (asked) => asked.map(() => ({ status: 'noData', why: 'Nothing was written.' })),
      list: async () => ({ status: 'listed', metrics: [], isWhole: true }),
    },
    prometheus: () => ({
      metrics: { measure: none, history: none },
      alerts: { read: async (asked) => asked.map((name) => ({ name, state: 'ok', reason: '', sinceMs: undefined })) },
    }),
    webhookSecret: { read: async () => ['the-secret-of-the-webhook'] },
  };
  return { deps, written: () => writes };
}
