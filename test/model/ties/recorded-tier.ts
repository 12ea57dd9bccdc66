import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClusterAccess, KubernetesApi, KubernetesObject, KubernetesWrite, RolloutStore, StoreChange } from '../../../core/ports.ts';
import type { Deps } from '../../../runtime/deps.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import { openInProcess } from '../../scenarios/in-process-tier.ts';
import { sandboxTraits } from '../../scenarios/sandbox-tier.ts';
import type { Setting, Tier } from '../../scenarios/tier.ts';
import { watchedStore } from '../../scenarios/watched-store.ts';
import { copy } from '../state.ts';
import type { Switches } from '../switches.ts';
import { Abstraction, shared } from './abstraction.ts';
import { type Call, Follower } from './follower.ts';
import { mayWrite } from './may-write.ts';

interface Intent {
  readonly call: Call;
  readonly object: string;
  readonly text: string;
}

/** A sandbox whose handlers' effects are followed in the model, one after the other as they take place. For stories of one service. */
export class RecordedTier {
  readonly follower: Follower;
  readonly tier: Tier;
  readonly #abstraction: Abstraction;
  readonly #calls = new AsyncLocalStorage<Call>();
  #intents: Intent[] = [];
  #setting: Setting | undefined;
  readonly #namespace: string;

  constructor(service: { readonly name: string; readonly namespace: string }, on: Switches) {
    this.#abstraction = new Abstraction(service.name);
    this.#namespace = service.namespace;
    this.follower = new Follower(on, this.#abstraction);
    this.tier = {
      ...sandboxTraits,
      open: async ({ clock, services, mishaps, onRollback }) => {
        const store = watchedStore(onRollback);
        const sandbox = await startSandbox({
          clock,
          services,
          store: mishaps.wrapStore(this.#followStore(store)),
          wrapDeps: (deps, name) => (name === undefined ? deps : this.#followPorts(deps)),
          wrapFunction: (name, handler) =>
            mishaps.wrapFunction(name, (event) => {
              const call = this.follower.begin(name, event);
              return this.#calls.run(call, async () => {
                const answer = await handler(event);
                this.follower.end(call, this.#now());
                return answer;
              });
            }),
        });
        this.#setting = sandbox;
        for (const kind of ['virtualservices', 'deployments'] as const) {
          const apiVersion = kind === 'deployments' ? 'apps/v1' : 'networking.istio.io/v1';
          for (const object of sandbox.kubernetes.list({ apiVersion, resource: kind, namespace: service.namespace })) {
            this.#abstraction.takeObject(object, false);
          }
        }
        sandbox.kubernetes.onChange((type, object) => this.#committed(object, type === 'DELETED'));
        return openInProcess(sandbox, store, services);
      },
    };
  }

  #now() {
    if (this.#setting !== undefined) this.#abstraction.lookAtPods(this.#setting, this.#namespace);
    return this.#abstraction.state;
  }

  #followStore(store: RolloutStore): RolloutStore {
    return {
      read: (key) => store.read(key),
      list: (partition) => store.list(partition),
      write: async (changes) => {
        const written = store.write(changes);
        await written;
        this.#storeWritten(changes);
      },
    };
  }

  #storeWritten(changes: readonly StoreChange[]): void {
    const call = this.#calls.getStore();
    for (const change of changes) {
      if (call === undefined || 'check' in change) continue;
      const key = 'put' in change ? change.put : change.remove;
      this.#allow(call, `${'put' in change ? 'put' : 'remove'} ${key.partition.split('#')[0]}`);
    }
    const before = copy(this.#now());
    this.#abstraction.takeStore(changes);
    this.#judge(call, 'store', before);
  }

  #committed(object: KubernetesObject, deleted: boolean): void {
    const before = copy(this.#now());
    const place = this.#abstraction.takeObject(object, deleted);
    if (place === undefined || shared(before) === shared(this.#abstraction.state)) return;
    const name = `${object.kind.toLowerCase()}s ${object.metadata.name}`;
    const fences = Object.entries(object.metadata.annotations ?? {}).flatMap(([key, value]) => (/fence/.test(key) ? [value] : []));
    const candidates = this.#intents.filter((intent) => intent.object === name);
    const intent = candidates.find(({ text }) => fences.some((fence) => text.includes(`"${fence}"`))) ?? candidates[0];
    this.#intents = this.#intents.filter((each) => each !== intent);
    this.#judge(intent?.call, place, before);
  }

  #judge(call: Call | undefined, place: 'store' | 'route' | 'stable' | 'canary', before: Abstraction['state']): void {
    const { state } = this.#abstraction;
    if (call === undefined || shared(before) === shared(state)) return;
    const followed = this.follower.follow(call, place, before, state);
    if (followed === undefined) return;
    const { rolledBack, claimedBy, quarantined } = followed;
    Object.assign(state, { rolledBack, claimedBy, quarantined });
  }

  #followPorts(deps: Deps): Deps {
    const clusters: Pick<ClusterAccess, 'open'> = { open: (endpoint) => this.#followApi(deps.clusters.open(endpoint)) };
    const executions: Deps['executions'] = {
      describe: (execution) => deps.executions.describe(execution),
      start: async (machine, name, input) => {
        const call = this.#calls.getStore();
        if (call !== undefined) {
          this.#allow(call, `start ${machine}`);
          if (machine === 'rollback') {
            this.follower.started(call, name, this.#now());
            this.#abstraction.state.ended.push(`rollback ${name.split('-').slice(-2).join('-')}`);
          }
        }
        return deps.executions.start(machine, name, input);
      },
      stop: (arn, reason) => {
        const call = this.#calls.getStore();
        if (call !== undefined) this.#allow(call, 'stop execution');
        return deps.executions.stop(arn, reason);
      },
    };
    return { ...deps, clusters, executions };
  }

  #followApi(api: KubernetesApi): KubernetesApi {
    return {
      read: (ref) => api.read(ref),
      list: (ref, selector) => api.list(ref, selector),
      write: async (write) => {
        const ref = refOf(write);
        const intent = this.#intend(`${'create' in write ? 'create' : 'patch'} ${ref.resource}`, `${ref.resource} ${ref.name}`, write);
        const result = await api.write(write);
        const isThere = this.#setting?.kubernetes.get(ref)?.metadata.resourceVersion;
        // What was answered and is not there yet may still be made, later.
        const isLate =
          result.status === 'written' && isThere !== undefined && Number(result.object.metadata.resourceVersion) > Number(isThere);
        if (isLate && intent !== undefined) intent.call.deceived = true;
        else this.#intents = this.#intents.filter((each) => each !== intent);
        return result;
      },
      remove: async (ref, preconditions) => {
        const intent = this.#intend(`delete ${ref.resource}`, `${ref.resource} ${ref.name}`, preconditions);
        const result = await api.remove(ref, preconditions);
        this.#intents = this.#intents.filter((each) => each !== intent);
        return result;
      },
    };
  }

  #intend(what: string, object: string, write: unknown): Intent | undefined {
    const call = this.#calls.getStore();
    if (call === undefined) return undefined;
    this.#allow(call, what);
    const intent: Intent = { call, object, text: JSON.stringify(write) };
    this.#intents.push(intent);
    return intent;
  }

  #allow(call: Call, what: string): void {
    if (mayWrite[call.name]?.includes(what) !== true)
      this.follower.deviations.push(`${call.name} does what the model has not heard of: ${what}`);
  }
}

function refOf(write: KubernetesWrite) {
  if ('create' in write) return write.create;
  return 'jsonPatch' in write ? write.jsonPatch : write.mergePatch;
}
