import { describe, expect, it } from 'vitest';
import { frontServices, isRouteOf, istioRoutings } from '../../../core/preflight/route-objects.ts';
import { rolloutSpec } from '../../../core/spec/rollout-spec.ts';
import { specSource } from '../rollout/rollout-for-tests.ts';

const specWith = (router: object) => rolloutSpec.parse({ ...specSource(), router });
const istio = (...routes: object[]) => specWith({ kind: 'istio', routes });
const virtualService = (spec: { hosts: string[]; gateways?: string[] }) => ({ metadata: { name: 'shop' }, spec });

describe('the Services whose requests routes take', () => {
  it.each([
    [
      'hosts of the namespace, however they are written',
      { hosts: ['checkout', 'cart.shop', 'search.shop.svc.cluster.local'] },
      ['checkout', 'cart', 'search'],
    ],
    ['no host of elsewhere', { hosts: ['shop.example.com', 'checkout.other.svc.cluster.local', '*'] }, ['*']],
    ['Services that are parents', { parentRefs: [{ kind: 'Service', name: 'apex' }, { name: 'gateway' }] }, ['apex']],
    ['none of an object without a spec', null, []],
  ])('are %s', (_what, spec, fronts) => {
    expect(frontServices([{ metadata: { name: 'shop' }, spec }], istio({ virtualService: 'shop' }))).toEqual(fronts);
  });

  it('are the hosts over both sides of subsets', () => {
    const subsets = specWith({ kind: 'istio', routes: [{ virtualService: 'shop' }], subsets: { host: 'checkout-all' } });
    expect(frontServices([], subsets)).toEqual(['checkout-all']);
    expect(frontServices([], specWith({ kind: 'consul', routes: [{ serviceSplitter: 'checkout' }] }))).toEqual(['checkout']);
  });
});

describe('how routes of Istio treat what comes in', () => {
  it.each([
    ['of the mesh, by the name of the Service', { hosts: ['checkout'] }, true],
    ['of the mesh, said in so many words', { hosts: ['checkout'], gateways: ['mesh'] }, true],
    ['of a gateway too', { hosts: ['checkout'], gateways: ['mesh', 'public'] }, false],
    ['of the mesh, by another name', { hosts: ['shop.example.com'] }, false],
  ])('is certain %s: %j', (_what, spec, meshOnly) => {
    expect(istioRoutings([virtualService(spec)], istio({ virtualService: 'shop' }), 'checkout')).toEqual([{ protocol: 'http', meshOnly }]);
  });

  it('is told once for each protocol', () => {
    const spec = istio({ virtualService: 'shop', http: 'a' }, { virtualService: 'shop', http: 'b' }, { virtualService: 'shop', tcp: {} });
    expect(istioRoutings([], spec, 'checkout').map(({ protocol }) => protocol)).toEqual(['http', 'tcp']);
  });

  it('is nothing to other routers', () => {
    expect(istioRoutings([], specWith({ kind: 'gatewayApi', routes: [{ httpRoute: 'shop' }] }), 'checkout')).toEqual([]);
  });
});

it.each([
  ['istio', { virtualService: 'shop' }, 'VirtualService'],
  ['gatewayApi', { httpRoute: 'shop' }, 'HTTPRoute'],
  ['linkerd', { grpcRoute: 'shop' }, 'GRPCRoute'],
  ['consul', { serviceSplitter: 'shop' }, 'ServiceSplitter'],
])('an object is a route of a spec of %s by its kind and name', (kind, route, expected) => {
  const { router } = specWith({ kind, routes: [route] });
  expect(isRouteOf({ kind: expected, metadata: { name: 'shop' } }, router)).toBe(true);
  expect(isRouteOf({ kind: expected, metadata: { name: 'other' } }, router)).toBe(false);
  expect(isRouteOf({ kind: 'Service', metadata: { name: 'shop' } }, router)).toBe(false);
});
