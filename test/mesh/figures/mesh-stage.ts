import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { ScaledClock } from '../../../sandbox/clock.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import type { StateEntered } from '../../../sandbox/step-functions/execution.ts';
import { type LoadResult, type RunningLoad, startLoad } from '../../../sandbox/traffic/load.ts';
import { specText, usualSpec } from '../../scenarios/usual.ts';
import type { StartedBench } from '../bench/types.ts';
import { hostIn, startMeshSurroundings } from '../tier/mesh-surroundings.ts';
import { adaptToMesh } from '../tier/mesh-tier.ts';

/** The service that is rolled out, and one that no rollout touches, whose route is flipped for the floor. */
const services = [
  { name: 'checkout', namespace: 'shop', replicas: 2, tag: 'v1', virtualService: 'shop', pathPrefix: '/' },
  { name: 'probe', namespace: 'shop', replicas: 1, tag: 'a', virtualService: 'probe', pathPrefix: '/' },
  { name: 'probe-other', namespace: 'shop', replicas: 1, tag: 'b', virtualService: 'probe-other', pathPrefix: '/' },
] as const;
const [checkout] = services;

const lookEveryMs = 5;
const patienceSeconds = 300;

/** Sluice at work on the bench, with a load through the gateway's Envoy. */
export interface MeshStage {
  readonly sandbox: Sandbox;
  readonly namespace: string;
  readonly clock: ScaledClock;
  /** On checkout. */
  readonly load: RunningLoad;
  /** On the probe. */
  readonly probeLoad: RunningLoad;
  /** Hears each answer of checkout, until it is told to end. */
  hear(listener: (answer: LoadResult) => void): () => void;
  hearProbe(listener: (answer: LoadResult) => void): () => void;
  /** Pushes an image of checkout; ECR's event does the rest. Returns its tag. */
  push(): string;
  call(name: string, event: unknown): Promise<unknown>;
  sleep(ms: number): Promise<void>;
  /** @throws Error where it does not come within five minutes. */
  until<T>(what: string, look: () => T | undefined | false): Promise<T>;
  /** The weight that the route gives the canary now. */
  weight(): number;
  /** Waits until no execution runs. */
  untilQuiet(): Promise<void>;
  /** Of the newest rollout's execution. */
  states(): readonly StateEntered[];
}

export async function withMeshStage<T>(
  bench: StartedBench,
  spec: (usual: RolloutSpecSource) => RolloutSpecSource,
  measure: (stage: MeshStage) => Promise<T>,
): Promise<T> {
  const clock = new ScaledClock();
  const fresh = await bench.freshNamespace('figures');
  const namespace = fresh.name;
  const parts = { bench, description: bench.description, namespace };
  const sandbox = await startSandbox({
    clock,
    services,
    surroundings: (options) => startMeshSurroundings(parts, options),
  });
  const heard = new Set<(answer: LoadResult) => void>();
  const heardProbe = new Set<(answer: LoadResult) => void>();
  const loadOn = (virtualService: string, listeners: ReadonlySet<(answer: LoadResult) => void>) =>
    startLoad({
      clock,
      url: bench.gatewayUrl,
      host: hostIn(namespace, virtualService),
      requestsPerSecond: 0,
      onResult: (answer) => {
        for (const listener of listeners) listener(answer);
      },
    });
  const [load, probeLoad] = [loadOn('shop', heard), loadOn('probe', heardProbe)];
  let pushes = 1;
  const until: MeshStage['until'] = async (what, look) => {
    const endMs = clock.now() + patienceSeconds * 1000;
    for (;;) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      if (clock.now() > endMs) throw new Error(`waited in vain for ${what}`);
      await clock.sleep(lookEveryMs);
    }
  };
  const route = () =>
    sandbox.kubernetes.get({ apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace, name: 'shop' });
  try {
    const usual = usualSpec(checkout, sandbox.repositoryOf(checkout.name));
    const text = specText(
      adaptToMesh(spec({ ...usual, analysis: { ...usual.analysis, alarms: [] } }), bench.clusterEndpoint.name, namespace),
    );
    await sandbox.functions['ApplySpec']?.({ file: 'checkout.yaml', text });
    return await measure({
      sandbox,
      namespace,
      clock,
      load,
      probeLoad,
      hear: (listener) => listenIn(heard, listener),
      hearProbe: (listener) => listenIn(heardProbe, listener),
      push() {
        pushes += 1;
        const tag = `v${pushes}`;
        sandbox.fleet.behave(tag, { pod: { readyAfterMs: 20 } });
        sandbox.ecr.push({ repository: sandbox.repositoryOf(checkout.name), tag });
        return tag;
      },
      call: async (name, event) => sandbox.functions[name]?.(event),
      sleep: (ms) => clock.sleep(ms),
      until,
      weight: () => canaryWeightOf(route()),
      untilQuiet: async () => void (await until('quiet', () => sandbox.engine.executions.every(({ status }) => status !== 'running'))),
      states: () => sandbox.engine.executions.findLast(({ machine }) => machine === 'rollout')?.states ?? [],
    });
  } finally {
    load.stop();
    probeLoad.stop();
    await sandbox.close();
    await fresh.remove();
  }
}

function listenIn<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function canaryWeightOf(route: unknown): number {
  const { spec } = (route ?? {}) as { spec?: { http?: { route?: { weight?: number; destination: { host: string } }[] }[] } };
  return spec?.http?.[0]?.route?.find(({ destination }) => destination.host.startsWith('checkout-canary'))?.weight ?? 0;
}
