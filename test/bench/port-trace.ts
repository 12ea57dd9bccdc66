import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock, KubernetesApi, RolloutStore } from '../../core/ports.ts';
import type { Deps } from '../../runtime/deps.ts';

/** One call of a port, in milliseconds of the clock. */
export interface PortCall {
  readonly what: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** How long a store takes to answer, on top of what memory takes. */
export interface StoreDelay {
  readonly readMs: number;
  readonly writeMs: number;
}

interface Trace {
  readonly calls: PortCall[];
  readonly delay: StoreDelay | undefined;
}

/**
 * Records the calls of ports that one act makes, and those only: what runs beside it (the analysis, the sweep, the machine that the
 * act starts) is left out, and not delayed.
 */
export class PortTrace {
  readonly #clock: Clock;
  readonly #current = new AsyncLocalStorage<Trace | undefined>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs an act; the list grows with each call that ends. */
  record<T>(delay: StoreDelay | undefined, act: () => T): { readonly calls: readonly PortCall[]; readonly result: T } {
    const calls: PortCall[] = [];
    return { calls, result: this.#current.run({ calls, delay }, act) };
  }

  /** For `wrapDeps` of the sandbox. */
  readonly wrap = (deps: Deps): Deps => ({
    ...deps,
    store: this.#store(deps.store),
    clusters: { open: (endpoint) => this.#api(deps.clusters.open(endpoint)) },
    executions: {
      start: (machine, name, input) =>
        this.#timed('start machine', () => this.#current.exit(() => deps.executions.start(machine, name, input))),
      describe: (execution) => deps.executions.describe(execution),
      stop: (arn, reason) => deps.executions.stop(arn, reason),
    },
  });

  #store(store: RolloutStore): RolloutStore {
    const slow = async <T>(kind: keyof StoreDelay, act: () => Promise<T>): Promise<T> => {
      const delay = this.#current.getStore()?.delay;
      if (delay !== undefined) await this.#clock.sleep(delay[kind]);
      return act();
    };
    return {
      read: (key) => this.#timed(`store read ${kindOf(key.partition)}`, () => slow('readMs', () => store.read(key))),
      list: (partition) => this.#timed(`store list ${kindOf(partition)}`, () => slow('readMs', () => store.list(partition))),
      write: (changes) => {
        const [first] = changes;
        const partition = first === undefined ? '' : 'put' in first ? first.put.partition : 'remove' in first ? first.remove.partition : '';
        return this.#timed(`store write ${kindOf(partition)}`, () => slow('writeMs', () => store.write(changes)));
      },
    };
  }

  #api(api: KubernetesApi): KubernetesApi {
    return {
      read: (ref) => this.#timed(`GET ${ref.resource}`, () => api.read(ref)),
      list: (ref, selector) => this.#timed(`LIST ${ref.resource}`, () => api.list(ref, selector)),
      write: (write) => {
        const ref = 'create' in write ? write.create : 'jsonPatch' in write ? write.jsonPatch : write.mergePatch;
        return this.#timed(`${'create' in write ? 'POST' : 'PATCH'} ${ref.resource}`, () => api.write(write));
      },
      remove: (ref, preconditions) => this.#timed(`DELETE ${ref.resource}`, () => api.remove(ref, preconditions)),
    };
  }

  async #timed<T>(what: string, act: () => Promise<T>): Promise<T> {
    const startMs = this.#clock.now();
    try {
      return await act();
    } finally {
      this.#current.getStore()?.calls.push({ what, startMs, endMs: this.#clock.now() });
    }
  }
}

/** `rollouts#checkout` is of the kind `rollouts`. */
function kindOf(partition: string): string {
  return partition.split('#', 1).join();
}
