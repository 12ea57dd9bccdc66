import { Ecr } from '../../../sandbox/ecr.ts';
import { Fleet } from '../../../sandbox/fleet.ts';
import { startKubernetes } from '../../../sandbox/kubernetes/kubernetes.ts';
import { routesOf } from '../../../sandbox/route-objects.ts';
import { manifestsOf, type ServiceSetup } from '../../../sandbox/service-objects.ts';
import type { Surroundings, SurroundingsOptions } from '../../../sandbox/surroundings.ts';

/**
 * What a rollout meets, without anybody who sends requests: the cluster with its controllers and the registry. Pods become ready as ever, but
 * nothing listens behind them, and there is neither a proxy nor a Prometheus.
 */
export async function startLightSurroundings(options: SurroundingsOptions): Promise<Surroundings> {
  const { clock, bus } = options;
  const versions = new Map<string, string>();
  const ecr = new Ecr({ clock, bus, onPush: (digest, tag) => versions.set(digest, versions.get(digest) ?? tag) });
  const repositoryOf = (service: string) => `${bus.account}.dkr.ecr.${bus.region}.amazonaws.com/shop/${service}`;
  const versionOf = (image: string) => versions.get(image.split('@')[1] ?? '') ?? image;
  const fleet = new Fleet(clock, versionOf);
  let port = 20_000;
  const startPod = async () => {
    port += 1;
    return { address: '127.0.0.1', port } as const;
  };
  const kubernetes = await startKubernetes({ clock, startPod, stopPod: async () => undefined, behaviour: fleet.behaviourOf });
  const services = options.services.map(({ tag, ...service }): ServiceSetup => {
    const { digest } = ecr.push({ repository: repositoryOf(service.name), tag });
    return { ...service, image: `${repositoryOf(service.name)}@${digest}` };
  });
  for (const manifest of [...services.flatMap(manifestsOf), ...routesOf(services)]) kubernetes.apply(manifest);
  const ready = ({ namespace, name, replicas }: ServiceSetup) =>
    kubernetes.endpoints(namespace, name).filter((endpoint) => endpoint.ready).length >= replicas;
  while (!services.every(ready)) await clock.sleep(100);
  return {
    clock,
    bus,
    ecr,
    kubernetes,
    fleet,
    proxy: {
      url: nowhere,
      metricsUrl: nowhere,
      stats: () => {
        throw new Error('there is no proxy in this world');
      },
      observe: () => () => undefined,
      close: async () => undefined,
    },
    prometheus: { url: nowhere, faults: { down: true } as Surroundings['prometheus']['faults'] },
    repositoryOf,
    versionOf,
    close: async () => {
      clock.stop();
      await kubernetes.close();
    },
  };
}

const nowhere = 'http://127.0.0.1:9';
