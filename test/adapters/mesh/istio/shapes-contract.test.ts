import { createRouter } from '../../../../adapters/mesh/registry.ts';
import type { KubernetesApi, KubernetesObject, RouteTarget } from '../../../../core/ports.ts';
import { routerCapabilities } from '../../../../core/spec/router-capabilities.ts';
import type { RouterForShapes, RouterForShared } from '../../../contract/router-hand.ts';
import { trafficRouterShapesContract } from '../../../contract/traffic-router-shapes.ts';
import { trafficRouterSharedContract } from '../../../contract/traffic-router-shared.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';
import { treatmentBy } from './treatment.ts';
import { foreignRule, put, type Rule, refTo, target, to, virtualService } from './virtual-services.ts';

const cart = { name: 'cart', match: [{ uri: { prefix: '/cart' } }], route: [to('cart.shop.svc.cluster.local', 100)] };

/** All that a team may have put on a rule, and still have shapes on it: matches of its own, mirrors, retries, headers, unknown fields. */
const main: Rule = {
  name: 'main',
  match: [
    { name: 'all', uri: { prefix: '/' }, withoutHeaders: { 'x-blocked': { exact: 'yes' } } },
    { uri: { exact: '/healthz' }, sourceLabels: { app: 'monitor' } },
  ],
  timeout: '2s',
  retries: { attempts: 3, perTryTimeout: '500ms', retryOn: '5xx,reset' },
  mirrors: [{ destination: { host: 'shadow' }, percentage: { value: 0.5 } }],
  futureField: { of: ['istio', 2, null] },
  route: [
    {
      destination: { host: 'checkout', port: { number: 8080 } },
      headers: { request: { set: { 'x-from': 'mesh' } }, response: { remove: ['server'], add: { 'x-side': 'any' } } },
    },
  ],
};

const two: RouteTarget = { ...target, routes: [{ virtualService: 'checkout', http: 'main' }, { virtualService: 'checkout-internal' }] };
const other: RouteTarget = {
  ...target,
  rollout: 'cart',
  routes: [{ virtualService: 'checkout', http: 'cart' }],
  stableService: 'cart',
  canaryService: 'cart-canary',
};

function rulesOf(object: KubernetesObject): readonly Rule[] {
  return (object['spec'] as { readonly http: readonly Rule[] }).http;
}

/** Other rules, and of the steered one what no rollout writes. */
function foreignOf(object: KubernetesObject): unknown {
  const steered = object.metadata.name === 'checkout' ? 'main' : undefined;
  const rules = rulesOf(object).filter(({ name }) => !String(name).startsWith('sluice-'));
  const { http: _, ...spec } = object['spec'] as Rule;
  const of = ({ route: _, retries: __, timeout: ___, mirrors, ...rest }: Rule) => ({
    ...rest,
    mirrors: (Array.isArray(mirrors) ? mirrors : []).filter(({ destination }) => destination.host === 'shadow'),
  });
  return [spec, ...rules.map((rule) => (rule['name'] === steered ? of(rule) : rule))];
}

async function setUp(api: KubernetesApi): Promise<RouterForShapes> {
  await put(api, virtualService('checkout', [foreignRule, cart, main], { 'example.com/owner': 'shop' }));
  await put(api, virtualService('checkout-internal', [{ route: [to('checkout')] }]));
  return {
    api,
    routerOn: (on) => createRouter('istio', on),
    target: two,
    other,
    objects: [refTo('checkout'), refTo('checkout-internal')],
    treatmentOf: treatmentBy(({ host }) => (host === 'checkout' ? 'stable' : host === 'checkout-canary' ? 'canary' : undefined)),
    foreignOf,
  };
}

const subsets = { host: 'checkout', stable: 'stable', canary: 'canary' };
const toSubset = (subset: string, more: Rule = {}) => ({ destination: { host: 'checkout.shop.svc.cluster.local', subset }, ...more });

/** The same between subsets of one host. */
async function setUpSubsets(api: KubernetesApi): Promise<RouterForShapes> {
  await put(api, virtualService('checkout', [foreignRule, cart, { ...main, route: [toSubset('stable', { weight: 100 })] }]));
  await put(api, virtualService('checkout-internal', [{ route: [toSubset('stable')] }]));
  return {
    ...(await setUp(new FakeKubernetes())),
    api,
    target: { ...two, subsets },
    other,
    treatmentOf: treatmentBy(({ subset }) => (subset === 'stable' || subset === 'canary' ? subset : undefined)),
  };
}

trafficRouterShapesContract('Istio', routerCapabilities.istio, () => setUp(new FakeKubernetes()));
trafficRouterShapesContract('Istio, between subsets,', routerCapabilities.istio, () => setUpSubsets(new FakeKubernetes()));

async function setUpShared(rule: Rule, of: RouteTarget): Promise<RouterForShared> {
  const api = new FakeKubernetes();
  await put(api, virtualService('shared', [rule]));
  const set = await setUp(api);
  const othersOf = (object: KubernetesObject) => {
    const route = rulesOf(object).find(({ name }) => name === 'main')?.['route'] as readonly Rule[];
    return route.filter(({ destination }) => !/^checkout/.test((destination as { readonly host: string }).host));
  };
  return { ...set, shared: { target: { ...of, routes: [{ virtualService: 'shared' }] }, object: refTo('shared'), othersOf } };
}

const others = [to('legacy', 30), to('assets.other.svc.cluster.local', 20)];

trafficRouterSharedContract('Istio', () => setUpShared({ name: 'main', route: [others[0], to('checkout', 50), others[1]] }, target));
trafficRouterSharedContract('Istio, between subsets,', () =>
  setUpShared({ name: 'main', route: [toSubset('stable', { weight: 50 }), ...others] }, { ...target, subsets }),
);
