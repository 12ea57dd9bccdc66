import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../adapters/clock.ts';
import { createRouter } from '../../adapters/mesh/registry.ts';
import type { KubernetesObject, RouteTarget } from '../../core/ports.ts';
import { inMesh, prefix, type Rule, refTo, route, target, to } from '../adapters/mesh/gateway-api/gateway-routes.ts';
import { settledView } from '../adapters/mesh/gateway-api/settled-view.ts';
import { type RouterForContract, trafficRouterContract } from '../contract/traffic-router.ts';
import { attachBench, hasBench } from './bench/attach.ts';
import type { Bench, FreshNamespace } from './bench/types.ts';

/**
 * Routes as Linkerd wants them, and its own CRDs, in the real API server. The status comes from istiod, which serves routes with a Service as
 * parent too; Linkerd's proxies are not run.
 */
if (!hasBench()) console.log("Linkerd's CRDs are not tested against a given cluster: nobody but the bench is known to have them.");

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

describe.runIf(hasBench())('Linkerd', () => {
  let bench: Bench;
  let namespace: FreshNamespace;
  let sets = 0;

  beforeAll(async () => {
    bench = await attachBench();
    namespace = await bench.freshNamespace('linkerd');
    await namespace.apply(services.map(service));
  });
  afterAll(async () => {
    await namespace?.remove();
    await bench?.detach();
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
      api: settledView(bench.sluice, 1, () => systemClock.sleep(10)),
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
        const found = await Promise.all(objects.map((ref) => bench.admin.read(ref)));
        await Promise.all(objects.map((ref, index) => bench.admin.remove(ref, { uid: found[index]?.metadata.uid ?? '' })));
      },
    };
  });

  it('is overridden by a ServiceProfile, which the preflight refuses, with the Role as it is shipped', async () => {
    await apply(route('profiled', [main], { parentRefs: [inMesh] }));
    const router = createRouter(
      'linkerd',
      settledView(bench.sluice, 1, () => systemClock.sleep(10)),
    );
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
