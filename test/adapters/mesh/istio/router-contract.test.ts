import { createRouter } from '../../../../adapters/mesh/registry.ts';
import type { KubernetesApi } from '../../../../core/ports.ts';
import { startHttpCluster } from '../../../contract/http-cluster.ts';
import { type RouterForContract, trafficRouterContract } from '../../../contract/traffic-router.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { foreignRule, mainRule, put, refTo, target, to, virtualService } from './virtual-services.ts';

/** A VirtualService that two rollouts and somebody else share, and one of a single rule, without name, weight or annotations. */
async function fill(api: KubernetesApi): Promise<Omit<RouterForContract, 'close'>> {
  const cart = { name: 'cart', match: [{ uri: { prefix: '/cart' } }], route: [to('cart.shop.svc.cluster.local', 100)] };
  await put(api, virtualService('checkout', [foreignRule, cart, mainRule], { 'example.com/owner': 'shop' }));
  await put(api, virtualService('checkout-internal', [{ route: [to('checkout')] }]));
  return {
    api,
    routerOn: (api) => createRouter('istio', api),
    target: { ...target, routes: [{ virtualService: 'checkout', http: 'main' }, { virtualService: 'checkout-internal' }] },
    other: {
      ...target,
      rollout: 'cart',
      routes: [{ virtualService: 'checkout', http: 'cart' }],
      stableService: 'cart',
      canaryService: 'cart-canary',
    },
    objects: [refTo('checkout'), refTo('checkout-internal')],
  };
}

trafficRouterContract('Istio, in memory,', () => fill(new FakeKubernetes()));

trafficRouterContract('Istio, over HTTP,', async () => {
  const { api, close } = await startHttpCluster();
  return { ...(await fill(api)), close };
});
