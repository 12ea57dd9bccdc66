import { Ecr } from '../../../sandbox/ecr.ts';
import { type SandboxKubernetes, startKubernetes } from '../../../sandbox/kubernetes/kubernetes.ts';
import { routesOf } from '../../../sandbox/route-objects.ts';
import { manifestsOf, type ServiceSetup } from '../../../sandbox/service-objects.ts';
import type { Surroundings, SurroundingsOptions } from '../../../sandbox/surroundings.ts';
import { directApi } from '../../crash/world/direct-api.ts';

/** Services of one cluster: few, so that what the embedded cluster does stays small beside what is measured. */
const perCluster = 20;
/** From a pod's creation to its readiness. */
const podReadyMs = 5_000;

export interface Clusters {
  readonly start: (options: SurroundingsOptions) => Promise<Surroundings>;
  /** By the name of the cluster. @throws Error where there is none. */
  readonly apiOf: (cluster: string) => ReturnType<typeof directApi>;
  readonly clusterOf: (index: number) => string;
}

/** Clusters without traffic and without HTTP: real objects, controllers and pods that become ready; nothing listens behind them. */
export function manyClusters(): Clusters {
  const clusters = new Map<string, SandboxKubernetes>();
  const clusterOf = (index: number) => `cluster-${Math.floor(index / perCluster)}`;
  return {
    clusterOf,
    apiOf: (name) => {
      const cluster = clusters.get(name);
      if (cluster === undefined) throw new Error(`there is no cluster ${name}`);
      return directApi(cluster);
    },
    start: async (options) => {
      const { clock, bus } = options;
      const ecr = new Ecr({ clock, bus });
      const repositoryOf = (service: string) => `${bus.account}.dkr.ecr.${bus.region}.amazonaws.com/shop/${service}`;
      const services = options.services.map(({ tag, ...service }): ServiceSetup => {
        const { digest } = ecr.push({ repository: repositoryOf(service.name), tag });
        return { ...service, image: `${repositoryOf(service.name)}@${digest}` };
      });
      let pods = 0;
      const startPod = async () => {
        pods += 1;
        return { address: '127.0.0.1', port: 1024 + (pods % 60_000) } as const;
      };
      for (let from = 0; from < services.length; from += perCluster) {
        const kubernetes = await startKubernetes({
          clock,
          startPod,
          stopPod: async () => undefined,
          behaviour: () => ({ readyAfterMs: podReadyMs }),
        });
        clusters.set(clusterOf(from), kubernetes);
        const own = services.slice(from, from + perCluster);
        for (const manifest of [...own.flatMap(manifestsOf), ...routesOf(own)]) kubernetes.apply(manifest);
      }
      await clock.sleep(podReadyMs * 2);
      const [first] = clusters.values();
      if (first === undefined) throw new Error('there are no services');
      return {
        clock,
        bus,
        ecr,
        kubernetes: first,
        fleet: { behave: () => undefined },
        proxy: { url: nowhere, metricsUrl: nowhere, stats: nothing, observe: () => () => undefined, close: async () => undefined },
        prometheus: { url: nowhere, faults: { down: true } as Surroundings['prometheus']['faults'] },
        repositoryOf,
        versionOf: (image) => image,
        close: async () => {
          clock.stop();
          await Promise.all([...clusters.values()].map((cluster) => cluster.close()));
          clusters.clear();
        },
      };
    },
  };
}

const nowhere = 'http://127.0.0.1:9';

function nothing(): never {
  throw new Error('there is no proxy in this world');
}
