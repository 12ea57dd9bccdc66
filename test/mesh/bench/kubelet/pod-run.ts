import { NotFoundError } from '../../../../core/errors.ts';
import type { StoredObject } from '../../../../sandbox/kubernetes/object-store.ts';
import { containerStatuses, podConditions } from '../../../../sandbox/kubernetes/pod-status.ts';
import type { RawApi } from '../api/raw-api.ts';
import type { PodSidecars } from '../mtls/pod-sidecars.ts';
import { hiddenSocket, sidecarAnnotation } from '../mtls/sidecar-object.ts';
import type { Identity, Received } from '../types.ts';
import type { Addresses } from './addresses.ts';
import type { Behaviours } from './behaviours.ts';
import type { PodObject } from './pod-object.ts';
import { type PodPort, type PodServers, startPodServers } from './pod-servers.ts';

export interface PodRunOptions {
  readonly api: RawApi;
  readonly addresses: Addresses;
  readonly behaviours: Behaviours;
  readonly sidecars: PodSidecars;
  /** Where a behaviour says nothing. */
  readonly readyAfterMs: number;
  /** From the deletion of a pod to the end of its server, so that proxies can learn of it: what a preStop hook is for. */
  readonly stopDelayMs: number;
}

const firstBackOffMs = 10_000;
const longestBackOffMs = 300_000;

/** One pod, from its first server to the removal of its object: what the kubelet does for it. */
export class PodRun {
  readonly #options: PodRunOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #pod: PodObject;
  #servers: PodServers | undefined;
  #address: string | undefined;
  #restarts = 0;
  #ready = false;
  /** Whether its sidecar takes requests. */
  #proxied = false;
  #state: Readonly<Record<string, unknown>> = { waiting: { reason: 'ContainerCreating' } };
  #ending = false;
  #told: Promise<void> = Promise.resolve();

  constructor(options: PodRunOptions, pod: PodObject) {
    this.#options = options;
    this.#pod = pod;
    this.#address = options.addresses.take(pod.status.podIP);
  }

  get image(): string {
    return this.#pod.spec.containers[0]?.image ?? '';
  }

  isPod(namespace: string, name: string): boolean {
    const { metadata } = this.#pod;
    return metadata.namespace === namespace && metadata.name === name;
  }

  /** @throws NotFoundError where it has no sidecar that takes requests. */
  async identity(): Promise<Identity> {
    const { name, uid } = this.#pod.metadata;
    const identity = this.#proxied ? await this.#options.sidecars.identityOf(uid) : undefined;
    if (identity !== undefined) return identity;
    throw new NotFoundError(`${name} has no sidecar.`, {
      remedy: `Give it the annotation ${sidecarAnnotation} and wait until it is ready.`,
    });
  }

  get received(): Received {
    return this.#servers?.received ?? { requests: 0, mirrored: 0 };
  }

  /** To be told of every change of the pod. */
  seen(pod: PodObject): void {
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp !== undefined) this.#end();
  }

  async start(): Promise<void> {
    if (this.#ending) return;
    const { behaviours, readyAfterMs } = this.#options;
    const { name } = this.#pod.metadata;
    const behaviour = behaviours.of(this.image);
    try {
      const address = this.#address;
      if (address === undefined) throw new Error('no address is left');
      const declared = this.#pod.spec.containers.flatMap(({ ports: each }) => each);
      const ports = declared.length === 0 ? [{ name: 'http', containerPort: 8080 }] : declared;
      this.#servers = await startPodServers({
        listenAt: (port) =>
          this.#hasSidecar ? { path: `\0${hiddenSocket(this.#pod, port).slice(1)}` } : { host: address, port: port.containerPort },
        ports,
        version: behaviours.versionOf(this.image),
        pod: name,
        behaviour: behaviour.service ?? {},
      });
      if (this.#hasSidecar && !this.#proxied) await this.#startSidecar(address, ports);
    } catch (error) {
      return this.#crash(String(error));
    }
    const { readyAfterMs: ready = readyAfterMs, crashAfterMs } = behaviour.pod ?? {};
    if (crashAfterMs !== undefined) this.#after(crashAfterMs, () => this.#crash('the container ended with exit code 1'));
    if (ready === 0) this.#ready = true;
    else if (ready !== 'never') {
      this.#after(ready, () => {
        this.#ready = true;
        void this.#tell();
      });
    }
    this.#state = { running: { startedAt: new Date().toISOString() } };
    await this.#tell();
  }

  async #startSidecar(address: string, ports: readonly PodPort[]): Promise<void> {
    await this.#options.sidecars.start(this.#pod, address, ports, () => {
      this.#proxied = false;
      this.#crash('the sidecar ended');
    });
    this.#proxied = true;
  }

  get #hasSidecar(): boolean {
    return this.#pod.metadata.annotations?.[sidecarAnnotation] !== undefined;
  }

  behave(): void {
    this.#servers?.setBehaviour(this.#options.behaviours.of(this.image).service ?? {});
  }

  /** Its object is gone: nobody is told of anything any more. */
  async gone(): Promise<void> {
    this.#ending = true;
    this.#clearTimers();
    await this.#servers?.drain(0);
    this.#servers = undefined;
    this.#options.sidecars.end(this.#pod);
    if (this.#address !== undefined) this.#options.addresses.giveBack(this.#address);
    this.#address = undefined;
  }

  #end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#clearTimers();
    const graceMs = this.#pod.spec.terminationGracePeriodSeconds * 1000;
    const delayMs = Math.min(graceMs, this.#options.stopDelayMs);
    const stop = async () => {
      await this.#servers?.drain(graceMs - delayMs);
      this.#options.sidecars.end(this.#pod);
      await this.#remove();
    };
    setTimeout(() => void stop(), delayMs);
  }

  /** Tried until the API takes it: a pod that nobody removes would stay for ever. */
  async #remove(): Promise<void> {
    const { name, namespace, uid } = this.#pod.metadata;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid } };
    const answer = await this.#options.api.ask('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}`, body).catch(() => undefined);
    const isDone = answer !== undefined && (answer.status < 300 || answer.status === 404 || answer.status === 409);
    if (!isDone) setTimeout(() => void this.#remove(), 500);
  }

  #crash(message: string): void {
    this.#clearTimers();
    if (this.#ending) return;
    const servers = this.#servers;
    this.#servers = undefined;
    const backOffMs = Math.min(longestBackOffMs, firstBackOffMs * 2 ** this.#restarts);
    this.#restarts += 1;
    this.#ready = false;
    const why = `back-off ${backOffMs / 1000}s restarting failed container: ${message}`;
    this.#state = { waiting: { reason: 'CrashLoopBackOff', message: why } };
    void this.#tell();
    void Promise.resolve(servers?.drain(0)).then(() => this.#after(backOffMs, () => void this.start()));
  }

  /** One write after the other: a slow one that is overtaken by the next would leave what was for good. */
  #tell(): Promise<void> {
    this.#told = this.#told.then(() => this.#writeStatus());
    return this.#told;
  }

  /** As it is now; tried until the API takes it, or the pod ends. */
  async #writeStatus(): Promise<void> {
    const { name, namespace, uid } = this.#pod.metadata;
    const podIP = this.#address;
    // The same object to read from: only what is written into a status is of the sandbox.
    const pod = this.#pod as unknown as StoredObject;
    const status = {
      phase: this.#servers === undefined && this.#restarts === 0 ? 'Pending' : 'Running',
      ...(podIP === undefined ? {} : { hostIP: podIP, podIP, podIPs: [{ ip: podIP }] }),
      conditions: podConditions(pod, this.#ready, Date.now()),
      containerStatuses: containerStatuses(pod, { state: this.#state, ready: this.#ready, restarts: this.#restarts }),
    };
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
    const answer = await this.#options.api
      .ask('PATCH', path, { metadata: { uid }, status }, 'application/merge-patch+json')
      .catch(() => undefined);
    const isLost = answer === undefined || answer.status === 429 || answer.status >= 500;
    if (isLost) this.#after(500, () => void this.#tell());
    else if (answer.status >= 300 && answer.status !== 404) console.error(`${namespace}/${name}: ${answer.status} ${answer.body}`);
  }

  #after(ms: number, act: () => void): void {
    if (this.#ending) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
