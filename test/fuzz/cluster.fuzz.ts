import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { endpointBase } from '../../adapters/eks/kubernetes-endpoint.ts';
import { collectionPath, objectPath } from '../../adapters/eks/kubernetes-url.ts';
import { pinAutoscaler } from '../../adapters/eks/workload/autoscaler.ts';
import { deployCanary } from '../../adapters/eks/workload/deploy-canary.ts';
import { readWorkload } from '../../adapters/eks/workload/read-workload.ts';
import { readReadiness } from '../../adapters/eks/workload/readiness.ts';
import { beforeAnnotation, fenceAnnotation, fenceOf } from '../../adapters/mesh/fence.ts';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { isNestedDeeper } from '../../core/nesting.ts';
import type { KubernetesApi, KubernetesObject, RouteTarget } from '../../core/ports.ts';
import type { RouterKind } from '../../core/spec/router-spec.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { autoscaler, names, newImage, owner, stableDeployment, stableService } from '../adapters/eks/workload/manifests.ts';
import * as consul from '../adapters/mesh/consul/splitters.ts';
import * as gateway from '../adapters/mesh/gateway-api/gateway-routes.ts';
import * as istio from '../adapters/mesh/istio/virtual-services.ts';
import { FakeKubernetes } from '../fakes/kubernetes-api.ts';
import { type Fate, fuzz, takenOrNamed } from './fuzz.ts';
import { hostileText } from './hostile.ts';
import { asEvent, jsonText } from './json-text.ts';
import { mutated } from './mutate.ts';

const label = fc.constantFrom('shop', 'v1', 'apps/v1', 'deployments', 'checkout');
const part = fc.oneof({ arbitrary: hostileText, weight: 2 }, { arbitrary: label, weight: 3 });

describe('addresses', () => {
  fuzz('Kubernetes: names in paths', 7_000, fc.tuple(part, part, part, part), ([apiVersion, resource, namespace, name]) =>
    takenOrNamed(() => {
      const ref = { apiVersion, resource, namespace, name };
      const path = objectPath(ref);
      const url = new URL(path, 'https://cluster.example');
      const root = apiVersion.includes('/') ? 'apis' : 'api';
      expect(url.href).toBe(`https://cluster.example/${root}/${apiVersion}/namespaces/${namespace}/${resource}/${name}`);
      expect(collectionPath(ref)).toBe(path.slice(0, path.lastIndexOf('/')));
    }),
  );
  fuzz(
    'Kubernetes: endpoint',
    2_100,
    fc.tuple(fc.oneof(hostileText, fc.constantFrom('127.0.0.1', 'localhost', '[::1]', 'x@127.0.0.1')), hostileText),
    ([host, path]) =>
      takenOrNamed(() => {
        const base = endpointBase({ name: 'shop', endpoint: `http://${host}${path}`, certificateAuthority: '' });
        expect(new URL(base).hostname).toMatch(/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/);
      }),
  );
});

/** Answers each read with what was made of the object that is there. */
function answering(
  spoilt: ReadonlyMap<string, unknown>,
  api = new FakeKubernetes(...healthy()),
): { api: KubernetesApi; writes: () => number } {
  const seen = <T extends KubernetesObject | undefined>(object: T, resource: string): T => {
    const key = `${resource}/${object?.metadata.name}`;
    return spoilt.has(key) ? (spoilt.get(key) as T) : object;
  };
  return {
    writes: () => api.writes.length,
    api: {
      read: async (ref) => seen(await api.read(ref), ref.resource),
      list: async (ref, selector) =>
        (await api.list(ref, selector)).map((object) => seen(object, ref.resource)).filter((object) => object !== undefined),
      write: (write) => api.write(write),
      remove: (ref, preconditions) => api.remove(ref, preconditions),
    },
  };
}

function healthy(): KubernetesObject[] {
  return [stableDeployment(), stableService(), autoscaler()];
}

/** What a client lets through: an object with a name, with a text for its namespace, and texts for labels and annotations. */
function asObject(value: unknown): unknown {
  const plain = asEvent(value);
  if (isNestedDeeper(plain, 200)) return undefined;
  const { metadata, apiVersion, kind } = Object(plain) as Record<string, unknown>;
  const named = typeof Object(metadata)['name'] === 'string' && Object(metadata)['name'] !== '';
  const texts = (of: unknown) =>
    of === undefined || (typeof of === 'object' && of !== null && Object.values(of).every((one) => typeof one === 'string'));
  const { namespace = '' } = Object(metadata) as Record<string, unknown>;
  const open = named && typeof namespace === 'string' && texts(Object(metadata)['labels']) && texts(Object(metadata)['annotations']);
  return open && typeof apiVersion === 'string' && typeof kind === 'string' ? plain : undefined;
}

describe('the workload', () => {
  fuzz(
    'Deployment and Service, read',
    2_800,
    fc.tuple(mutated(stableDeployment()), mutated(stableService()), mutated(autoscaler())),
    ([deployment, service, scaler]) => {
      const spoilt = new Map([
        ['deployments/checkout', asObject(deployment)],
        ['services/checkout', asObject(service)],
        ['horizontalpodautoscalers/checkout', asObject(scaler)],
      ]);
      return takenOrNamed(() => readWorkload(answering(spoilt).api, names));
    },
  );
  fuzz(
    'Deployment, readiness',
    2_100,
    mutated({ ...stableDeployment(), status: { replicas: 4, readyReplicas: 4, conditions: [{ type: 'Progressing', status: 'True' }] } }),
    (value) =>
      takenOrNamed(() =>
        readReadiness(answering(new Map([['deployments/checkout', asObject(value)]])).api, {
          ...names,
          service: 'checkout',
          countRestarts: true,
        }),
      ),
  );
  fuzz('Deployment, cloned', 2_100, mutated(stableDeployment()), async (value) => {
    const { api, writes } = answering(new Map([['deployments/checkout', asObject(value)]]));
    return takenOrNamed(
      () => deployCanary(api, { ...names, ...owner, image: newImage, replicas: 1 }, async () => undefined),
      (error) => {
        if (error instanceof InvalidInputError) expect(writes()).toBe(0);
      },
    );
  });
  fuzz('autoscaler, pinned', 1_400, mutated(autoscaler()), (value) =>
    takenOrNamed(() =>
      pinAutoscaler(answering(new Map([['horizontalpodautoscalers/checkout', asObject(value)]])).api, {
        ...names,
        ...owner,
        replicas: 3,
      }),
    ),
  );
});

const meshes: readonly { readonly kind: RouterKind; readonly object: KubernetesObject; readonly target: RouteTarget }[] = [
  { kind: 'istio', object: istio.virtualService('checkout', [istio.mainRule, istio.foreignRule], {}), target: istio.target },
  {
    kind: 'gatewayApi',
    object: gateway.route('checkout', [gateway.mainRule, gateway.foreignRule], { annotations: {} }),
    target: { ...istio.target, routes: [{ httpRoute: 'checkout', rule: 'main' }] },
  },
  { kind: 'consul', object: { ...consul.splitter('checkout', [consul.to('stable', 100)]) }, target: consul.target },
];

/** The routes of one mesh, as somebody has spoilt them, and as they answer after each write. */
async function steer({ kind, object, target }: (typeof meshes)[number], spoilt: unknown): Promise<Fate> {
  const route = asObject(spoilt) as KubernetesObject | undefined;
  const api = new SpoiltRoutes(
    route === undefined ? undefined : { ...route, metadata: { ...route.metadata, name: object.metadata.name, namespace: 'shop' } },
  );
  const router = createRouter(kind, api);
  const act = async () => {
    await router.read(target);
    await router.write(target, { split: splitAt(10, 100), fence: 7, role: 'claim' });
    await router.write(target, { split: splitAt(0, 100), fence: 8, role: 'door' });
    await router.removeCanary(target, 8);
  };
  const before = JSON.stringify(api.route);
  return takenOrNamed(act, () => {
    if (api.written === 0) expect(JSON.stringify(api.route)).toBe(before);
  });
}

/** One route object, whatever it is asked for by; its patches are applied as the API server does. */
class SpoiltRoutes implements KubernetesApi {
  readonly #api = new FakeKubernetes();
  readonly #has: boolean;
  written = 0;

  constructor(route: KubernetesObject | undefined) {
    this.#has = route !== undefined;
    if (route !== undefined) void this.#api.write({ create: this.#ref, object: route });
  }

  get #ref() {
    return { apiVersion: 'v1', resource: 'routes', namespace: 'shop', name: 'checkout' };
  }

  get route(): KubernetesObject | undefined {
    return this.#api.peek(this.#ref);
  }

  async read(): Promise<KubernetesObject | undefined> {
    return this.#has ? this.route : undefined;
  }

  async list(): Promise<KubernetesObject[]> {
    return [];
  }

  async write(write: Parameters<KubernetesApi['write']>[0]) {
    const result = 'jsonPatch' in write ? await this.#api.write({ ...write, jsonPatch: this.#ref }) : ({ status: 'notFound' } as const);
    if (result.status === 'written') this.written += 1;
    return result;
  }

  async remove(): Promise<'absent'> {
    return 'absent';
  }
}

describe('routes', () => {
  for (const mesh of meshes) {
    fuzz(`${mesh.kind}: route`, 1_000, mutated(mesh.object), (spoilt) => steer(mesh, spoilt));
    const annotated = fc
      .record({
        fence: fc.oneof(hostileText, fc.constantFrom('6', '7', '9', '007', '9'.repeat(15))),
        before: fc.oneof(
          hostileText,
          mutated({ main: { fields: {} } }).map((value) => (isNestedDeeper(value, 100) ? '{}' : jsonText(value))),
        ),
      })
      .map(({ fence, before }) => ({
        ...mesh.object.metadata.annotations,
        [fenceAnnotation('checkout')]: fence,
        [beforeAnnotation('checkout')]: before,
      }));
    fuzz(`${mesh.kind}: annotations`, 1_000, annotated, (annotations) => {
      const object = { ...mesh.object, metadata: { ...mesh.object.metadata, annotations } };
      const fence = fenceOf(object, 'checkout');
      if (fence !== undefined) expect(Number.isSafeInteger(fence)).toBe(true);
      return steer(mesh, object);
    });
  }
});
