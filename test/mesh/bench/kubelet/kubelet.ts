import { NotFoundError } from '../../../../core/errors.ts';
import type { RawApi } from '../api/raw-api.ts';
import type { BenchBehaviour, Identity, Received } from '../types.ts';
import type { PodObject } from './pod-object.ts';
import { PodRun, type PodRunOptions } from './pod-run.ts';
import { watchPods } from './watch-pods.ts';

export interface KubeletOptions extends PodRunOptions {
  readonly api: RawApi;
  /** Pods of no node are bound to it; those of other nodes are left alone. */
  readonly nodeName: string;
}

/** Scheduler and kubelet in one: every pod without a node becomes a row of real servers in this process. */
export class Kubelet {
  readonly #options: KubeletOptions;
  readonly #runs = new Map<string, PodRun>();
  readonly #bound = new Set<string>();

  constructor(options: KubeletOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    await watchPods(this.#options.api, { seen: (pod) => this.#seen(pod), gone: (uid) => this.#gone(uid) }, signal);
  }

  async behave(image: string, behaviour: BenchBehaviour): Promise<void> {
    await this.#options.behaviours.set(image, behaviour);
    for (const run of this.#runs.values()) run.behave();
  }

  /** @throws NotFoundError where there is no such pod, or it has no sidecar. */
  async identityOf(namespace: string, name: string): Promise<Identity> {
    const run = [...this.#runs.values()].find((each) => each.isPod(namespace, name));
    if (run === undefined) throw new NotFoundError(`There is no pod ${namespace}/${name}.`, { remedy: 'See kubectl get pods.' });
    return await run.identity();
  }

  received(image: string): Received {
    const { behaviours } = this.#options;
    const all = [...this.#runs.values()].filter((run) => run.image === image || behaviours.versionOf(run.image) === image);
    return {
      requests: all.reduce((sum, { received }) => sum + received.requests, 0),
      mirrored: all.reduce((sum, { received }) => sum + received.mirrored, 0),
    };
  }

  #seen(pod: PodObject): void {
    const { uid } = pod.metadata;
    const { nodeName = '' } = pod.spec;
    if (nodeName === '') void this.#bind(pod);
    if (nodeName !== this.#options.nodeName) return;
    const known = this.#runs.get(uid);
    const run = known ?? new PodRun(this.#options, pod);
    this.#runs.set(uid, run);
    run.seen(pod);
    if (known === undefined) void run.start();
  }

  #gone(uid: string): void {
    this.#bound.delete(uid);
    const run = this.#runs.get(uid);
    this.#runs.delete(uid);
    void run?.gone();
  }

  async #bind({ metadata: { uid, name, namespace } }: PodObject): Promise<void> {
    if (this.#bound.has(uid)) return;
    this.#bound.add(uid);
    const target = { apiVersion: 'v1', kind: 'Node', name: this.#options.nodeName };
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, uid }, target };
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/binding`;
    const answer = await this.#options.api.ask('POST', path, binding).catch(() => undefined);
    // Seen again after the next list, or with its next change.
    if (answer === undefined || answer.status >= 500) this.#bound.delete(uid);
  }
}
