import { createTransport } from '../adapters/eks/http.ts';
import { createClusterOpener } from '../adapters/eks/open-cluster.ts';
import { createPrometheus, createPrometheusAlerts } from '../adapters/metrics/prometheus.ts';
import { createMemoryStore } from '../adapters/store/memory.ts';
import type { KubernetesObject, RolloutStore } from '../core/ports.ts';
import type { LambdaHandler } from '../runtime/define-function.ts';
import type { Deps } from '../runtime/deps.ts';
import { eventPatterns, sweepEverySeconds } from '../runtime/event-patterns.ts';
import type { Log } from '../runtime/log.ts';
import type { SandboxClock } from './clock.ts';
import { createInMemoryAlarmSource } from './cloudwatch/alarm-source.ts';
import { CloudWatch } from './cloudwatch/cloudwatch.ts';
import { Ecr } from './ecr.ts';
import { EventBus } from './eventbridge/event-bus.ts';
import { createInProcessEventSink } from './eventbridge/event-sink.ts';
import { Fleet } from './fleet.ts';
import { wireFunctions } from './functions.ts';
import { type SandboxKubernetes, startKubernetes } from './kubernetes/kubernetes.ts';
import { createMemoryLog } from './log.ts';
import { busyFetch } from './prometheus/busy-fetch.ts';
import { type Prometheus, startPrometheus } from './prometheus/prometheus.ts';
import { manifestsOf, type ServiceSetup, virtualServicesOf } from './service-objects.ts';
import { Engine, type EngineOptions } from './step-functions/engine.ts';
import { startCloudWatchReporter } from './traffic/cloudwatch-reporter.ts';
import { type RunningProxy, startProxy } from './traffic/proxy.ts';

export interface SandboxOptions {
  readonly clock: SandboxClock;
  /** What runs before any rollout: each service by name, with the tag that stable runs. */
  readonly services: readonly (Omit<ServiceSetup, 'image'> & { readonly tag: string })[];
  readonly scrapeIntervalMs?: number;
  /** From a change of a route to the proxy that obeys it. */
  readonly propagationMs?: number;
  readonly log?: Log;
  /** In place of the memory store: a test's, which fails on purpose. */
  readonly store?: RolloutStore;
  readonly onState?: EngineOptions['onState'];
  /** Around the ports, for those who watch or break them. */
  readonly wrapDeps?: (deps: Deps) => Deps;
  /** Around each Lambda, for those who break them. */
  readonly wrapFunction?: (name: string, handler: LambdaHandler) => LambdaHandler;
}

/** The whole of AWS and of the cluster, as far as a rollout sees them, in one process. */
export interface Sandbox {
  readonly clock: SandboxClock;
  readonly bus: EventBus;
  readonly cloudWatch: CloudWatch;
  readonly ecr: Ecr;
  readonly kubernetes: SandboxKubernetes;
  readonly fleet: Fleet;
  readonly proxy: RunningProxy;
  readonly prometheus: Prometheus;
  readonly engine: Engine;
  readonly deps: Deps;
  /** Every Lambda by its name, as a trigger would call it. */
  readonly functions: Readonly<Record<string, LambdaHandler>>;
  /** The repository of a service's images, as its spec names it. */
  repositoryOf(service: string): string;
  /** The tag under which the image of a reference was pushed first: what requests report as the version that answered them. */
  versionOf(image: string): string;
  close(): Promise<void>;
}

/** Starts everything, with the services running in their first version; resolves when they are ready. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock } = options;
  const bus = new EventBus({ clock });
  const cloudWatch = new CloudWatch({ clock, bus });
  const versions = new Map<string, string>();
  const ecr = new Ecr({ clock, bus, onPush: (digest, tag) => versions.set(digest, versions.get(digest) ?? tag) });
  const repositoryOf = (service: string) => `${bus.account}.dkr.ecr.${bus.region}.amazonaws.com/shop/${service}`;
  const versionOf = (image: string) => versions.get(image.split('@')[1] ?? '') ?? image;
  const fleet = new Fleet(clock, versionOf);
  const kubernetes = await startKubernetes({ clock, startPod: fleet.startPod, stopPod: fleet.stopPod, behaviour: fleet.behaviourOf });
  const proxy = await startProxy({ clock, source: objectsOf(kubernetes), propagationMs: options.propagationMs ?? 50 });
  const reporter = startCloudWatchReporter({ clock, proxy, record: (sample) => cloudWatch.record(sample) });
  const prometheus = await startPrometheus({
    clock,
    targets: [{ job: 'istio-proxy', url: proxy.metricsUrl }],
    scrapeIntervalMs: options.scrapeIntervalMs ?? 1000,
    fetch: busyFetch(clock),
  });

  // What stable runs was pushed long ago: before the rules that would start a rollout of it.
  const services = options.services.map(({ tag, ...service }): ServiceSetup => {
    const { digest } = ecr.push({ repository: repositoryOf(service.name), tag });
    return { ...service, image: `${repositoryOf(service.name)}@${digest}` };
  });

  const deps = wire(options, { bus, cloudWatch, ecr, kubernetes, prometheus });
  const tasks: Record<string, LambdaHandler> = {};
  const engine = new Engine({ clock, bus, handlers: tasks, ...(options.onState === undefined ? {} : { onState: options.onState }) });
  const wired = (options.wrapDeps ?? ((plain) => plain))({ ...deps, executions: engine });
  const wrapFunction = options.wrapFunction ?? ((_, handler) => handler);
  const functions = Object.fromEntries(Object.entries(wireFunctions(wired)).map(([name, handler]) => [name, wrapFunction(name, handler)]));
  Object.assign(tasks, functions);
  const endSchedule = connect(bus, engine, functions);

  for (const manifest of [...services.flatMap(manifestsOf), ...virtualServicesOf(services)]) kubernetes.apply(manifest);
  await untilReady(clock, kubernetes, services);

  return {
    clock,
    bus,
    cloudWatch,
    ecr,
    kubernetes,
    fleet,
    proxy,
    prometheus,
    engine,
    deps: wired,
    functions,
    repositoryOf,
    versionOf,
    close: async () => {
      clock.stop();
      endSchedule();
      reporter.stop();
      cloudWatch.stop();
      await Promise.all([proxy.close(), prometheus.close(), kubernetes.close()]);
    },
  };
}

type Parts = Pick<Sandbox, 'bus' | 'cloudWatch' | 'ecr' | 'kubernetes' | 'prometheus'>;

/** The real adapters, against the sandbox's own APIs; memory only where AWS has no local form. */
function wire(options: SandboxOptions, { bus, cloudWatch, ecr, kubernetes, prometheus }: Parts): Omit<Deps, 'executions'> {
  const { clock } = options;
  const transport = createTransport();
  const fetch = busyFetch(clock);
  const credentials = async () => ({ accessKeyId: 'SANDBOX', secretAccessKey: 'sandbox' });
  const { url } = prometheus;
  return {
    clock,
    log: options.log ?? createMemoryLog(),
    store: options.store ?? createMemoryStore(),
    clusters: {
      open: createClusterOpener({ region: bus.region, credentials, clock, transport: (request) => clock.busy(() => transport(request)) }),
    },
    clusterFinder: { find: async (name) => ({ name, endpoint: kubernetes.url, certificateAuthority: '' }) },
    images: ecr,
    events: createInProcessEventSink(bus),
    alarms: createInMemoryAlarmSource(cloudWatch),
    prometheus: () => ({ metrics: createPrometheus({ url, clock, fetch }), alerts: createPrometheusAlerts({ url, clock, fetch }) }),
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
  return bus.schedule(sweepEverySeconds * 1000, { id: 'sweep', deliver: async (event) => void (await functions['Sweep']?.(event)) });
}

const kinds: Readonly<Record<string, { readonly apiVersion: string; readonly resource: string }>> = {
  VirtualService: { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices' },
  EndpointSlice: { apiVersion: 'discovery.k8s.io/v1', resource: 'endpointslices' },
  Pod: { apiVersion: 'v1', resource: 'pods' },
};

function objectsOf(kubernetes: SandboxKubernetes): Parameters<typeof startProxy>[0]['source'] {
  return {
    list: (kind): KubernetesObject[] => {
      const resource = kinds[kind];
      return resource === undefined ? [] : kubernetes.list({ ...resource, namespace: '' });
    },
    onChange: (listener) => kubernetes.onChange((type, object) => listener(type, object)),
  };
}

async function untilReady(clock: SandboxClock, kubernetes: SandboxKubernetes, services: readonly ServiceSetup[]): Promise<void> {
  const ready = ({ namespace, name, replicas }: ServiceSetup) =>
    kubernetes.endpoints(namespace, name).filter((endpoint) => endpoint.ready).length >= replicas;
  while (!services.every(ready)) await clock.sleep(100);
}
