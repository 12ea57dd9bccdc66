import { createRouter } from '../../../../adapters/mesh/registry.ts';
import type { KubernetesApi } from '../../../../core/ports.ts';
import { startHttpCluster } from '../../../contract/http-cluster.ts';
import { type RouterForContract, trafficRouterContract } from '../../../contract/traffic-router.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { foreignRule, inMesh, mainRule, prefix, put, refTo, route, service, target, to } from './gateway-routes.ts';
import { settledView } from './settled-view.ts';

const backends = ['assets', 'assets-next', 'cart', 'cart-canary', 'checkout', 'checkout-canary'].map((name) => service(name));

/** A route that two rollouts and somebody else share, and one of a single rule, without name, weight or annotations. */
async function fill(api: KubernetesApi, kind: 'gatewayApi' | 'linkerd'): Promise<Omit<RouterForContract, 'close'>> {
  const cart = { name: 'cart', matches: [prefix('/cart')], backendRefs: [to('cart', 100)] };
  const parts = { parentRefs: [inMesh], annotations: { 'example.com/owner': 'shop' } };
  await put(api, route('checkout', [foreignRule, cart, mainRule], parts));
  await put(api, route('internal', [{ backendRefs: [to('checkout')] }], { parentRefs: [inMesh], kind: 'GRPCRoute' }));
  return {
    api,
    routerOn: (on) => createRouter(kind, on),
    target: { ...target, routes: [{ httpRoute: 'checkout', rule: 'main' }, { grpcRoute: 'internal' }] },
    other: {
      ...target,
      rollout: 'cart',
      routes: [{ httpRoute: 'checkout', path: '/cart' }],
      stableService: 'cart',
      canaryService: 'cart-canary',
    },
    objects: [refTo('checkout'), refTo('internal', 'grpcroutes')],
  };
}

trafficRouterContract('Gateway API, in memory,', () => fill(new FakeKubernetes(), 'gatewayApi'));
trafficRouterContract('Linkerd, in memory,', () => fill(new FakeKubernetes(), 'linkerd'));

trafficRouterContract('Gateway API, over HTTP,', async () => {
  const { api, close } = await startHttpCluster();
  for (const object of backends) {
    await api.write({ create: { apiVersion: 'v1', resource: 'services', namespace: 'shop', name: object.metadata.name }, object });
  }
  return {
    ...(await fill(
      settledView(api, 1, async () => undefined),
      'gatewayApi',
    )),
    close,
  };
});
