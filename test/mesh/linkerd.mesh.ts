import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRouter } from '../../adapters/mesh/registry.ts';
import type { KubernetesApi, KubernetesObject, RouteTarget } from '../../core/ports.ts';
import { inMesh, prefix, type Rule, refTo, route, target, to } from '../adapters/mesh/gateway-api/gateway-routes.ts';
import { type RouterForContract, trafficRouterContract } from '../contract/traffic-router.ts';
import { attachCluster, servesOrSays } from './bench/attach.ts';
import type { FreshNamespace, MeshCluster } from './bench/types.ts';
import { settling } from './gateway-api/settling.ts';

/**
 * Routes as Linkerd wants them, and its own CRDs, in the real API server. The status comes from istiod, which serves routes with a Service as
 * parent too; Linkerd's proxies are not run.
 */
const routeKinds = ['HTTPRoute', 'GRPCRoute'].map((kind) => `gateway.networking.k8s.io/v1/${kind}`);
const isServed = servesOrSays('the contract of routes of Linkerd', [...routeKinds, 'linkerd.io/v1alpha2/ServiceProfile']);

const services = ['checkout', 'checkout-canary', 'cart', 'cart-canary', 'assets'];

function service(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ name: 'http', port: 80, appProtocol: 'http' }] } };
}

const cart: Rule = { name: 'cart', matches: [prefix('/cart')], backendRefs: [to('cart', 100)] };
const assets: Rule = { name: 'assets', matches: [prefix('/assets')], backendRefs: [to('assets', 1)] };
const main: Rule = {
  name: 'main',
  matches: [prefix('/', { headers: [{ type: 'Exact', name: 'x-tenant', value: 'a&b' }] })],
  filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-from', value: 'mesh' }] } }],
  timeouts: { request: '10s' },
  backendRefs: [to('checkout', 1)],
};

describe.runIf(isServed)('Linkerd', () => {
  let cluster: MeshCluster;
  let settled: (api: KubernetesApi) => KubernetesApi;
  let namespace: FreshNamespace;
  let sets = 0;

  beforeAll(async () => {
    cluster = await attachCluster();
    namespace = await cluster.freshNamespace('linkerd');
    await namespace.apply(services.map(service));
    settled = await settling(cluster, namespace);
  });
  afterAll(async () => {
    await namespace?.remove();
    await cluster?.detach();
  });

  const apply = async (object: KubernetesObject) => {
    const { status: _, ...rest } = object;
    await namespace.apply([{ ...rest, metadata: { ...rest.metadata, namespace: namespace.name } }]);
  };
  const mine = (): RouteTarget => ({ ...target, namespace: namespace.name });

  trafficRouterContract('Linkerd, by its routes in a real API server,', async (): Promise<RouterForContract> => {
    sets += 1;
    const [shared, internal] = [`checkout-${sets}`, `internal-${sets}`];
    await apply(route(shared, [assets, cart, main], { parentRefs: [inMesh] }));
    await apply(route(internal, [{ backendRefs: [to('checkout', 1)] }], { parentRefs: [inMesh], kind: 'GRPCRoute' }));
    const objects = [
      { ...refTo(shared), namespace: namespace.name },
      { ...refTo(internal, 'grpcroutes'), namespace: namespace.name },
    ] as const;
    return {
      api: settled(cluster.sluice),
      routerOn: (api) => createRouter('linkerd', api),
      target: { ...mine(), routes: [{ httpRoute: shared, rule: 'main' }, { grpcRoute: internal }] },
      other: {
        ...mine(),
        rollout: 'cart',
        routes: [{ httpRoute: shared, rule: 'cart' }],
        stableService: 'cart',
        canaryService: 'cart-canary',
      },
      objects,
      close: async () => {
        const found = await Promise.all(objects.map((ref) => cluster.admin.read(ref)));
        await Promise.all(objects.map((ref, index) => cluster.admin.remove(ref, { uid: found[index]?.metadata.uid ?? '' })));
      },
    };
  });

  it('is overridden by a ServiceProfile, which the preflight refuses, with the Role as it is shipped', async () => {
    await apply(route('profiled', [main], { parentRefs: [inMesh] }));
    const router = createRouter('linkerd', settled(cluster.sluice));
    const inspect = () => router.inspect({ ...mine(), routes: [{ httpRoute: 'profiled' }] }, { weights: [10, 100], shapes: [] });
    expect((await inspect()).filter(({ severity }) => severity === 'refusal')).toEqual([]);
    const name = `checkout.${namespace.name}.svc.cluster.local`;
    await namespace.apply([
      { apiVersion: 'linkerd.io/v1alpha2', kind: 'ServiceProfile', metadata: { name, namespace: namespace.name }, spec: { routes: [] } },
    ]);
    expect(await inspect()).toContainEqual(
      expect.objectContaining({ severity: 'refusal', subject: `ServiceProfile ${namespace.name}/${name}` }),
    );
  });
});
