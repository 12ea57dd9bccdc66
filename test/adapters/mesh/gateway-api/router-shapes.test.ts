import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { routerCapabilities } from '../../../../core/spec/router-capabilities.ts';
import type { RouterForShapes } from '../../../contract/router-hand.ts';
import { trafficRouterShapesContract } from '../../../contract/traffic-router-shapes.ts';
import { trafficRouterSharedContract } from '../../../contract/traffic-router-shared.ts';
import { clusterWith, foreignRule, inMesh, prefix, refTo, route, service, target, to } from './gateway-routes.ts';

const timeouts = { request: '30s', backendRequest: '20s' };
const responseHeaderModifier = { set: [{ name: 'x-frame-options', value: 'DENY' }] };
const main = {
  name: 'main',
  matches: [prefix('/')],
  timeouts,
  futureField: { of: 'theirs' },
  filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['x-debug'] } }],
  backendRefs: [to('checkout', 1, { filters: [{ type: 'ResponseHeaderModifier', responseHeaderModifier }] })],
};
const cart = { name: 'cart', matches: [prefix('/cart')], backendRefs: [to('cart', 100)] };

async function fill(kind: 'gatewayApi' | 'linkerd'): Promise<RouterForShapes> {
  const shared = { name: 'main', matches: [prefix('/')], backendRefs: [to('checkout', 1)] };
  const parts = { parentRefs: [inMesh] };
  const api = await clusterWith(
    route('checkout', [foreignRule, cart, main], parts),
    route('internal', [shared], parts),
    service('checkout'),
    service('cart'),
  );
  return {
    api,
    routerOn: (on) => createRouter(kind, on),
    target: { ...target, routes: [{ httpRoute: 'checkout', rule: 'main' }, { httpRoute: 'internal' }] },
    other: {
      ...target,
      rollout: 'cart',
      routes: [{ httpRoute: 'checkout', rule: 'cart' }],
      stableService: 'cart',
      canaryService: 'cart-canary',
    },
    objects: [refTo('checkout'), refTo('internal')],
    treatmentOf: (object, request) => treatmentOf(object, request),
    foreignOf,
  };
}

import { foreignOf, treatmentOf } from './treatment.ts';

trafficRouterShapesContract('Gateway API', routerCapabilities.gatewayApi, () => fill('gatewayApi'));
trafficRouterShapesContract('Linkerd', routerCapabilities.linkerd, () => fill('linkerd'));

trafficRouterSharedContract('Gateway API', async () => {
  const set = await fill('gatewayApi');
  const shared = {
    name: 'shared',
    matches: [prefix('/')],
    backendRefs: [to('legacy', 30), to('checkout', 50), to('batch', 20, { namespace: 'jobs' })],
  };
  await set.api.write({ create: refTo('shared'), object: route('shared', [shared], { parentRefs: [inMesh] }) });
  return {
    ...set,
    shared: {
      target: { ...target, routes: [{ httpRoute: 'shared' }] },
      object: refTo('shared'),
      othersOf: (object) => {
        const { rules } = object['spec'] as { rules: { name: string; backendRefs: { name: string }[] }[] };
        const found = rules.find(({ name }) => name === 'shared');
        return found?.backendRefs.filter(({ name }) => name !== 'checkout' && name !== 'checkout-canary');
      },
    },
  };
});
