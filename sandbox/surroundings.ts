import type { AwsCredentials } from '../adapters/eks/token.ts';
import type { KubernetesObject } from '../core/ports.ts';
import { startCadvisor } from './cadvisor.ts';
import type { SandboxClock } from './clock.ts';
import { Ecr } from './ecr.ts';
import type { EventBus } from './eventbridge/event-bus.ts';
import { Fleet } from './fleet.ts';
import { type SandboxKubernetes, startKubernetes } from './kubernetes/kubernetes.ts';
import { busyFetch } from './prometheus/busy-fetch.ts';
import { type Prometheus, startPrometheus } from './prometheus/prometheus.ts';
import { routesOf } from './route-objects.ts';
import { manifestsOf, type ServiceSetup } from './service-objects.ts';
import { type MetricSample, startCloudWatchReporter } from './traffic/cloudwatch-reporter.ts';
import { type LoadBalancerSample, startLoadBalancerReporter } from './traffic/load-balancer-reporter.ts';
import { type RunningProxy, startProxy } from './traffic/proxy.ts';

export interface SurroundingsOptions {
  readonly clock: SandboxClock;
  /** What the registry tells of pushes; its account and region are the registry's. */
  readonly bus: EventBus;
  /** Is given what the proxy measured, as CloudWatch would be. */
  readonly record: (sample: MetricSample | LoadBalancerSample) => void;
  /** What runs before any rollout: each service by name, with the tag that stable runs. */
  readonly services: readonly (Omit<ServiceSetup, 'image'> & { readonly tag: string })[];
  /** What stands before the services' names in the registry; `shop` where left out. */
  readonly repositoryFolder?: string;
  readonly scrapeIntervalMs?: number;
  /** From a change of a route to the proxy that obeys it. */
  readonly propagationMs?: number;
}

/** All that a rollout meets and that is no part of Sluice: the cluster, its traffic, its metrics and the registry of its images. */
export interface Surroundings {
  readonly clock: SandboxClock;
  readonly bus: EventBus;
  readonly ecr: Ecr;
  readonly kubernetes: SandboxKubernetes;
  readonly fleet: Pick<Fleet, 'behave'>;
  readonly proxy: RunningProxy;
  readonly prometheus: Pick<Prometheus, 'url' | 'faults'>;
  /** As whom the cluster knows Sluice, where it asks. */
  readonly identity?: { readonly region: string; readonly credentials: AwsCredentials };
  /** The repository of a service's images, as its spec names it. */
  repositoryOf(service: string): string;
  /** The tag under which the image of a reference was pushed first: what requests report as the version that answered them. */
  versionOf(image: string): string;
  close(): Promise<void>;
}

/** Starts them, with the services running in their first version; resolves when these are ready. */
export async function startSurroundings(options: SurroundingsOptions): Promise<Surroundings & { readonly fleet: Fleet }> {
  const { clock, bus, repositoryFolder = 'shop' } = options;
  const versions = new Map<string, string>();
  const ecr = new Ecr({ clock, bus, onPush: (digest, tag) => versions.set(digest, versions.get(digest) ?? tag) });
  const repositoryOf = (service: string) => `${bus.account}.dkr.ecr.${bus.region}.amazonaws.com/${repositoryFolder}/${service}`;
  const versionOf = (image: string) => versions.get(image.split('@')[1] ?? '') ?? image;
  const fleet = new Fleet(clock, versionOf);
  const kubernetes = await startKubernetes({ clock, startPod: fleet.startPod, stopPod: fleet.stopPod, behaviour: fleet.behaviourOf });
  const proxy = await startProxy({ clock, source: objectsOf(kubernetes), propagationMs: options.propagationMs ?? 50 });
  const { record } = options;
  const reporters = [startCloudWatchReporter({ clock, proxy, record }), startLoadBalancerReporter({ clock, proxy, record })];
  // Where nothing has a limit it would be scraped for nothing.
  const cadvisor = options.services.some(({ limits }) => limits !== undefined)
    ? await startCadvisor(clock, () => fleet.containers())
    : undefined;
  const prometheus = await startPrometheus({
    clock,
    targets: [
      { job: 'istio-proxy', url: proxy.metricsUrl },
      ...(cadvisor === undefined ? [] : [{ job: 'cadvisor', url: cadvisor.metricsUrl }]),
    ],
    scrapeIntervalMs: options.scrapeIntervalMs ?? 1000,
    fetch: busyFetch(clock),
  });

  const services = options.services.map(({ tag, ...service }): ServiceSetup => {
    const { digest } = ecr.push({ repository: repositoryOf(service.name), tag });
    return { ...service, image: `${repositoryOf(service.name)}@${digest}` };
  });
  for (const manifest of [...services.flatMap(manifestsOf), ...routesOf(services)]) kubernetes.apply(manifest);
  await untilReady(clock, kubernetes, services);

  return {
    clock,
    bus,
    ecr,
    kubernetes,
    fleet,
    proxy,
    prometheus,
    repositoryOf,
    versionOf,
    close: async () => {
      clock.stop();
      for (const reporter of reporters) reporter.stop();
      await Promise.all([proxy.close(), prometheus.close(), kubernetes.close(), cadvisor?.close()]);
    },
  };
}

const kinds: Readonly<Record<string, { readonly apiVersion: string; readonly resource: string }>> = {
  VirtualService: { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices' },
  DestinationRule: { apiVersion: 'networking.istio.io/v1', resource: 'destinationrules' },
  Gateway: { apiVersion: 'gateway.networking.k8s.io/v1', resource: 'gateways' },
  HTTPRoute: { apiVersion: 'gateway.networking.k8s.io/v1', resource: 'httproutes' },
  Service: { apiVersion: 'v1', resource: 'services' },
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
