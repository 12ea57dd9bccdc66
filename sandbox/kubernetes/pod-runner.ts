import type { SandboxClock } from '../clock.ts';
import type { Change, ObjectStore, StoredObject } from './object-store.ts';
import { portAnnotation } from './pod-readiness.ts';
import { containerStatuses, podConditions } from './pod-status.ts';
import { pods } from './resource-types.ts';

/** How a pod's container fares, from each start on. */
export interface PodBehaviour {
  readonly readyAfterMs: number | 'never';
  /** Counted from the start, ready or not. Left out: it runs on. */
  readonly crashAfterMs?: number;
}

export interface PodRunnerOptions {
  readonly store: ObjectStore;
  readonly clock: SandboxClock;
  /** Starts what stands behind a pod. A virtual clock stands still meanwhile. A rejection counts as a crash at start. */
  readonly startPod: (pod: StoredObject) => Promise<{ readonly address: '127.0.0.1'; readonly port: number }>;
  /** Ends it. Nobody waits for the outcome but `close`. */
  readonly stopPod: (pod: StoredObject) => Promise<void>;
  /** Asked at each start, restarts too: `status.containerStatuses[0].restartCount` tells which it is. */
  readonly behaviour: (pod: StoredObject) => PodBehaviour;
  /** Between a pod's deletion and `stopPod`, so that proxies can learn of it: what a preStop hook is for. */
  readonly podStopDelayMs: number;
}

const firstBackOffMs = 10_000;
const longestBackOffMs = 300_000;
/** A container that ran for so long begins with the first back-off again, as with the kubelet. */
const forgivenAfterMs = 600_000;

interface Run {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly timers: Set<() => void>;
  running: boolean;
  restarts: number;
  crashesInARow: number;
}

/** Runs pods: the kubelet. It starts them one after the other, so that a run on a virtual clock is the same each time. */
export class PodRunner {
  readonly #options: PodRunnerOptions;
  readonly #runs = new Map<string, Run>();
  readonly #stopping = new Map<StoredObject, () => void>();
  #starting: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: PodRunnerOptions) {
    this.#options = options;
    options.store.onChange((change) => this.#onChange(change));
  }

  /** Ends all pods at once, and waits until they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const run of this.#runs.values()) for (const cancel of run.timers) cancel();
    await this.#starting;
    const running = [...this.#runs.values()].flatMap((run) => (run.running ? [this.#options.store.read(pods, run)] : []));
    for (const cancel of this.#stopping.values()) cancel();
    const left = [...running, ...this.#stopping.keys()].filter((pod) => pod !== undefined);
    await Promise.allSettled(left.map((pod) => this.#options.stopPod(pod)));
  }

  #onChange({ resource, type, object }: Change): void {
    if (resource !== pods || this.#closed) return;
    const { uid, namespace, name } = object.metadata;
    if (type === 'ADDED') {
      const run: Run = { uid, namespace, name, timers: new Set(), running: false, restarts: 0, crashesInARow: 0 };
      this.#runs.set(uid, run);
      this.#enqueueStart(run);
    }
    const gone = type === 'DELETED' ? this.#runs.get(uid) : undefined;
    if (gone === undefined) return;
    this.#runs.delete(uid);
    for (const cancel of gone.timers) cancel();
    if (gone.running) this.#stopLater(object);
  }

  #enqueueStart(run: Run): void {
    this.#starting = this.#options.clock.busy(() => this.#starting.then(() => this.#start(run)));
  }

  async #start(run: Run): Promise<void> {
    const pod = this.#podOf(run);
    if (pod === undefined || this.#closed) return;
    const started = await this.#options.startPod(pod).catch((error: unknown) => String(error));
    if (typeof started === 'string') return this.#crash(run, started);
    run.running = true;
    if (this.#podOf(run) === undefined) return this.#stopLater(pod);

    this.#write(run, {
      podIP: started.address,
      port: started.port,
      ready: false,
      state: { running: { startedAt: new Date(this.#options.clock.now()).toISOString() } },
    });
    if (this.#closed) return;
    const { readyAfterMs, crashAfterMs } = this.#options.behaviour(this.#podOf(run) ?? pod);
    const startedAtMs = this.#options.clock.now();
    if (crashAfterMs !== undefined) {
      this.#after(run, crashAfterMs, () => {
        if (this.#options.clock.now() - startedAtMs >= forgivenAfterMs) run.crashesInARow = 0;
        this.#crash(run, 'the container ended with exit code 1');
      });
    }
    if (readyAfterMs !== 'never') this.#after(run, readyAfterMs, () => this.#write(run, { ready: true }));
  }

  #crash(run: Run, message: string): void {
    for (const cancel of run.timers) cancel();
    run.timers.clear();
    const pod = this.#podOf(run);
    if (pod === undefined || this.#closed) return;
    if (run.running) void this.#options.stopPod(pod).catch(() => undefined);
    run.running = false;
    run.restarts += 1;
    run.crashesInARow += 1;
    const backOffMs = Math.min(longestBackOffMs, firstBackOffMs * 2 ** (run.crashesInARow - 1));
    const why = `back-off ${backOffMs / 1000}s restarting failed container: ${message}`;
    this.#write(run, { ready: false, state: { waiting: { reason: 'CrashLoopBackOff', message: why } } });
    this.#after(run, backOffMs, () => this.#enqueueStart(run));
  }

  #after(run: Run, ms: number, callback: () => void): void {
    const cancel = this.#options.clock.timer(ms, () => {
      run.timers.delete(cancel);
      callback();
    });
    run.timers.add(cancel);
  }

  #stopLater(pod: StoredObject): void {
    const stop = () => {
      this.#stopping.delete(pod);
      void this.#options.stopPod(pod).catch(() => undefined);
    };
    this.#stopping.set(pod, this.#options.clock.timer(this.#options.podStopDelayMs, stop));
  }

  /** The pod of a run, while it is still the same one. */
  #podOf(run: Run): StoredObject | undefined {
    const pod = this.#options.store.read(pods, run);
    return pod?.metadata.uid === run.uid ? pod : undefined;
  }

  #write(run: Run, now: { ready: boolean; state?: Readonly<Record<string, unknown>>; podIP?: string; port?: number }): void {
    const { store, clock } = this.#options;
    const edit = (pod: StoredObject) => {
      const { podIP, port } = now;
      const annotations = port === undefined ? pod.metadata.annotations : { ...pod.metadata.annotations, [portAnnotation]: String(port) };
      const status = {
        ...(pod['status'] as Readonly<Record<string, unknown>>),
        phase: 'Running',
        ...(podIP === undefined ? {} : { hostIP: podIP, podIP, podIPs: [{ ip: podIP }] }),
        conditions: podConditions(pod, now.ready, clock.now()),
        containerStatuses: containerStatuses(pod, { ...now, restarts: run.restarts }),
      };
      const metadata = annotations === undefined ? pod.metadata : { ...pod.metadata, annotations };
      return { object: { ...pod, metadata, status } };
    };
    if (this.#podOf(run) !== undefined) store.update(pods, run, edit, { part: 'everything' });
  }
}
