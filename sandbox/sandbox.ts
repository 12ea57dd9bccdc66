import { createTransport } from '../adapters/eks/http.ts';
import { createClusterOpener } from '../adapters/eks/open-cluster.ts';
import { loadDialects } from '../adapters/mesh/registry.ts';
import { createCloudWatchMetrics } from '../adapters/metrics/cloudwatch-metrics.ts';
import { createPrometheus, createPrometheusAlerts } from '../adapters/metrics/prometheus.ts';
import { createMemoryStore } from '../adapters/store/memory.ts';
import type { RolloutStore } from '../core/ports.ts';
import type { LambdaHandler } from '../runtime/define-function.ts';
import type { Deps } from '../runtime/deps.ts';
import { eventPatterns, executionStatusChange, sweepEverySeconds } from '../runtime/event-patterns.ts';
import type { Log } from '../runtime/log.ts';
import { createInMemoryAlarmSource } from './cloudwatch/alarm-source.ts';
import { CloudWatch } from './cloudwatch/cloudwatch.ts';
import { EventBus } from './eventbridge/event-bus.ts';
import { createInProcessEventSink } from './eventbridge/event-sink.ts';
import { wireFunctions } from './functions.ts';
import { createMemoryLog } from './log.ts';
import { busyFetch } from './prometheus/busy-fetch.ts';
import { Engine, type EngineOptions } from './step-functions/engine.ts';
import { type Surroundings, type SurroundingsOptions, startSurroundings } from './surroundings.ts';

export interface SandboxOptions extends Omit<SurroundingsOptions, 'bus' | 'record'> {
  readonly log?: Log;
  /** In place of the memory store: a test's, which fails on purpose. */
  readonly store?: RolloutStore;
  /** In place of the sandbox's own cluster, traffic and metrics: another one's. */
  readonly surroundings?: (options: SurroundingsOptions) => Promise<Surroundings>;
  readonly onState?: EngineOptions['onState'];
  /** Around the ports, for those who watch or break them: of each Lambda by its name, and once, without a name, of `Sandbox.deps`. */
  readonly wrapDeps?: (deps: Deps, functionName?: string) => Deps;
  /** Around each Lambda, for those who break them. */
  readonly wrapFunction?: (name: string, handler: LambdaHandler) => LambdaHandler;
}

/** The whole of AWS and of the cluster, as far as a rollout sees them, in one process. */
export interface Sandbox extends Surroundings {
  readonly cloudWatch: CloudWatch;
  readonly engine: Engine;
  readonly deps: Deps;
  /** Every Lambda by its name, as a trigger would call it. */
  readonly functions: Readonly<Record<string, LambdaHandler>>;
  /** The first half of a deployment: executions that start from now on go by its definitions and functions. */
  deployMachines(release: Release): void;
  /** The second half: what events, people and the schedule call. */
  deployDoors(release: Release): void;
}

/** Another version of the controller, as far as it differs from this one. */
export interface Release {
  readonly definitions?: Parameters<Engine['deploy']>[0];
  readonly wrapDeps?: (deps: Deps) => Deps;
  readonly wrapFunction?: (name: string, handler: LambdaHandler) => LambdaHandler;
}

/** Starts everything, with the services running in their first version; resolves when they are ready. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock } = options;
  // What is loaded on use would take time that a virtual clock knows nothing of.
  await Promise.all([loadDialects(), import('../runtime/acts/write-canary.ts'), import('../runtime/acts/write-return.ts')]);
  const bus = new EventBus({ clock });
  const cloudWatch = new CloudWatch({ clock, bus });
  // What stable runs was pushed long ago: before the rules that would start a rollout of it.
  const start = options.surroundings ?? startSurroundings;
  const surroundings = await start({ ...options, bus, record: (sample) => cloudWatch.record(sample) });

  const ports = wire(options, cloudWatch, surroundings);
  const functions: Record<string, LambdaHandler> = {};
  const engine = new Engine({ clock, bus, handlers: functions, ...(options.onState === undefined ? {} : { onState: options.onState }) });
  const deps: Deps = { ...ports, executions: engine };
  const wrapDeps = options.wrapDeps ?? ((plain) => plain);
  const wrapFunction = options.wrapFunction ?? ((_, handler) => handler);
  const wiredFor = (release: Release) => {
    const wired = wireFunctions((name) => wrapDeps(release.wrapDeps?.(deps) ?? deps, name));
    return Object.fromEntries(
      Object.entries(wired).map(([name, handler]) => [name, wrapFunction(name, release.wrapFunction?.(name, handler) ?? handler)]),
    );
  };
  Object.assign(functions, wiredFor({}));
  const endSchedule = connect(bus, engine, functions);

  return {
    ...surroundings,
    cloudWatch,
    engine,
    deps: wrapDeps(deps),
    functions,
    deployMachines: (release) => engine.deploy(release.definitions ?? {}, wiredFor(release)),
    deployDoors: (release) => void Object.assign(functions, wiredFor(release)),
    close: async () => {
      clock.stop();
      endSchedule();
      cloudWatch.stop();
      await surroundings.close();
    },
  };
}

/** What callers of the webhook know: no secret here. */
export const sandboxWebhookSecret = 'the-webhook-secret-of-the-sandbox';

const sandboxCredentials = { accessKeyId: 'SANDBOX', secretAccessKey: 'sandbox' };

/** The real adapters, against the sandbox's own APIs; memory only where AWS has no local form. */
function wire(options: SandboxOptions, cloudWatch: CloudWatch, surroundings: Surroundings): Omit<Deps, 'executions'> {
  const { bus, ecr, kubernetes, prometheus, identity = { region: bus.region, credentials: sandboxCredentials } } = surroundings;
  const { clock } = options;
  const transport = createTransport();
  const fetch = busyFetch(clock);
  const { url } = prometheus;
  return {
    clock,
    log: options.log ?? createMemoryLog(),
    store: options.store ?? createMemoryStore(),
    clusters: {
      open: createClusterOpener({
        region: identity.region,
        credentials: async () => identity.credentials,
        clock,
        transport: (request) => clock.busy(() => transport(request)),
      }),
    },
    clusterFinder: { find: async (name) => ({ name, endpoint: kubernetes.url, certificateAuthority: '' }) },
    images: ecr,
    events: createInProcessEventSink(bus),
    alarms: createInMemoryAlarmSource(cloudWatch),
    cloudWatch: createCloudWatchMetrics({ call: cloudWatch.metricData, clock }),
    prometheus: () => ({ metrics: createPrometheus({ url, clock, fetch }), alerts: createPrometheusAlerts({ url, clock, fetch }) }),
    webhookSecret: { read: async () => [sandboxWebhookSecret] },
  };
}

/** The rules and the schedule that the stacks deploy. */
function connect(bus: EventBus, engine: Engine, functions: Sandbox['functions']): () => void {
  let started = 0;
  bus.putRule({
    name: 'image-push',
    pattern: eventPatterns.imagePush,
    targets: [
      {
        id: 'rollout',
        deliver: async (event) => {
          started += 1;
          await engine.start('rollout', `push-${started}`, event);
        },
      },
    ],
  });
  bus.putRule({
    name: 'alarm-state-change',
    pattern: eventPatterns.alarmStateChange,
    targets: [{ id: 'abort', deliver: async (event) => void (await functions['Abort']?.(event)) }],
  });
  bus.putRule({
    name: 'execution-status-change',
    pattern: executionStatusChange(engine.machineArnOf('rollout')),
    targets: [{ id: 'sweep', deliver: async (event) => void (await functions['Sweep']?.(event)) }],
  });
  return bus.schedule(sweepEverySeconds * 1000, { id: 'sweep', deliver: async (event) => void (await functions['Sweep']?.(event)) });
}
