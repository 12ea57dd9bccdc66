import { createTokenSource } from '../../../adapters/eks/token.ts';
import type { KubernetesObject } from '../../../core/ports.ts';
import { Ecr } from '../../../sandbox/ecr.ts';
import { routesOf } from '../../../sandbox/route-objects.ts';
import { manifestsOf, type ServiceSetup } from '../../../sandbox/service-objects.ts';
import type { Surroundings, SurroundingsOptions } from '../../../sandbox/surroundings.ts';
import { RawApi } from '../bench/api/raw-api.ts';
import type { BenchDescription } from '../bench/description.ts';
import type { Bench } from '../bench/types.ts';
import { startApiFront } from './api-front.ts';
import { reportEnvoySamples } from './envoy-samples.ts';
import { openMeshKubernetes } from './mesh-kubernetes.ts';
import { startPrometheusFront } from './prometheus-front.ts';
import { SynchronousApi } from './synchronous-api.ts';

export interface MeshParts {
  readonly bench: Bench;
  readonly description: BenchDescription;
  readonly namespace: string;
  /** Every caller of the API is taken for Sluice, whatever its token says. */
  readonly anyoneIsSluice?: boolean;
}

/** Each scenario's hosts are its own: all of them share the gateway. */
export function hostIn(namespace: string, virtualService: string): string {
  return `${virtualService}.${namespace}.example.com`;
}

/** The bench as the surroundings of one scenario: everything of it in one namespace, with the registry in this process. */
export async function startMeshSurroundings(parts: MeshParts, options: SurroundingsOptions): Promise<Surroundings> {
  const { bench, description, namespace } = parts;
  const { clock, bus } = options;
  const access = { url: description.apiUrl, ca: description.certificateAuthority, token: description.adminToken };
  const api = new RawApi(access);
  const { apiUrl, certificateAuthority, region, credentials } = bench;
  const tokens = createTokenSource({ clusterName: bench.clusterEndpoint.name, region, credentials: async () => credentials, clock });
  const front = await startApiFront({
    clock,
    apiUrl,
    certificateAuthority,
    ...(parts.anyoneIsSluice === true ? { token: () => tokens.token() } : {}),
  });
  const kubernetes = await openMeshKubernetes({ api, atOnce: new SynchronousApi(access), front, namespace });
  const prometheus = await startPrometheusFront(clock, bench.prometheusUrl);
  const reporter = reportEnvoySamples({ clock, adminUrl: bench.envoyAdminUrls.gateway, namespace, record: options.record });

  const url = options.services.every(({ mesh }) => mesh === 'gatewayApi') ? bench.gatewayApiUrl : bench.gatewayUrl;
  const versions = new Map<string, string>();
  const references = new Map<string, string[]>();
  const behaviours = new Map<string, Parameters<Surroundings['fleet']['behave']>[1]>();
  const told = inOrder();
  const tell = (version: string) => {
    for (const reference of references.get(version) ?? []) {
      told(() => bench.behave(reference, { ...behaviours.get(version), version }));
    }
  };
  const repositoryOf = (service: string) =>
    `${bus.account}.dkr.ecr.${bus.region}.amazonaws.com/${options.repositoryFolder ?? namespace}/${service}`;
  const ecr = new Ecr({ clock, bus, onPush: (digest, tag) => void versions.set(digest, versions.get(digest) ?? tag) });
  const push: Ecr['push'] = ecr.push.bind(ecr);
  ecr.push = (what) => {
    const image = push(what);
    const version = versions.get(image.digest) ?? '';
    const repository = image.repository.includes('.dkr.') ? image.repository : what.repository;
    references.set(version, [...(references.get(version) ?? []), `${repository}@${image.digest}`]);
    tell(version);
    return image;
  };

  const services = options.services.map(({ tag, ...service }): ServiceSetup => {
    const { digest } = ecr.push({ repository: repositoryOf(service.name), tag });
    return { ...service, namespace, image: `${repositoryOf(service.name)}@${digest}` };
  });
  await told(async () => undefined);
  for (const manifest of [...services.flatMap(manifestsOf), ...routesOf(services).flatMap(onBench(parts))]) kubernetes.apply(manifest);
  const allReady = () =>
    services.every(({ name, replicas }) => kubernetes.endpoints(namespace, name).filter(({ ready }) => ready).length >= replicas);
  while (!allReady()) await clock.sleep(100);
  for (const { virtualService, pathPrefix } of services) {
    const answers = async () => {
      const asked = await askGateway(`${url}${pathPrefix}`, hostIn(namespace, virtualService));
      return asked === 200;
    };
    while (!(await answers())) await clock.sleep(100);
  }

  return {
    clock,
    bus,
    ecr,
    kubernetes,
    identity: { region, credentials },
    fleet: {
      behave(version, behaviour) {
        behaviours.set(version, behaviour);
        tell(version);
      },
    },
    proxy: {
      url,
      metricsUrl: `${bench.envoyAdminUrls.gateway}/stats/prometheus`,
      stats: () => ({ destinations: {}, unrouted: 0, refused: {} }),
      observe: () => () => undefined,
      close: async () => undefined,
    },
    prometheus,
    repositoryOf,
    versionOf: (image) => versions.get(image.split('@')[1] ?? '') ?? image,
    async close() {
      clock.stop();
      reporter.stop();
      await Promise.all([kubernetes.close(), prometheus.close()]);
      api.close();
    },
  };
}

/** The sandbox's manifests name hosts of their own, no gateway or one of their own. */
function onBench({ bench, namespace }: MeshParts): (manifest: unknown) => unknown[] {
  return (manifest) => {
    const { spec, ...rest } = manifest as KubernetesObject & { readonly spec: object };
    const hosts = [hostIn(namespace, rest.metadata.name)];
    switch (rest.kind) {
      case 'VirtualService':
        return [{ ...rest, spec: { ...spec, hosts, gateways: [bench.istioGateway] } }];
      case 'HTTPRoute':
        return [{ ...rest, spec: { ...spec, hostnames: hosts, parentRefs: [bench.gatewayApiParent] } }];
      case 'Gateway':
        return [];
      default:
        return [manifest];
    }
  };
}

async function askGateway(url: string, host: string): Promise<number> {
  const { request } = await import('node:http');
  return new Promise((resolve) => {
    const outgoing = request(url, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    outgoing.on('error', () => resolve(0));
    outgoing.end();
  });
}

/** One after the other, so that what was said last holds; once more where a kept connection was closed at that moment. */
function inOrder(): (act: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (act) => {
    last = last.then(() => act().catch(act));
    return last;
  };
}
