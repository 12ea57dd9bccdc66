import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { RouterKind } from '../../../core/spec/router-spec.ts';
import type { TrafficShape } from '../../../core/traffic/shape.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import * as gateway from './gateway-api/gateway-routes.ts';
import * as istio from './istio/virtual-services.ts';

const beta = { match: [{ header: { name: 'X-Beta', exact: 'yes' } }] };
const cookie = { match: [{ cookie: { name: 'beta', exact: 'yes' } }] };
const affinity = { affinity: { cookie: 'side', maxAgeSeconds: 60 } };
const mirror = { mirrorWeight: 10 };
const setsCookie = { headers: { response: { set: { 'Set-Cookie': 'a=b' } } } };
const many = Array.from({ length: 60 }, (_, index) => gateway.prefix(`/${index}`));
const two = { match: [...beta.match, { header: { name: 'x-gamma', exact: 'yes' } }] };

const ofIstio = (rule: istio.Rule) => istio.virtualService('checkout', [{ name: 'main', route: [istio.to('checkout')], ...rule }]);
const ofGateway = (rule: gateway.Rule, parts: gateway.RouteParts = {}) =>
  gateway.route('checkout', [{ name: 'main', matches: [gateway.prefix('/')], backendRefs: [gateway.to('checkout', 1)], ...rule }], parts);
const grpc: RouteTarget = { ...gateway.target, routes: [{ grpcRoute: 'checkout', rule: 'main' }] };

/** Whatever is planned here is refused by the write of the step that asks for it, and so before the rollout begins. */
const cases: [string, RouterKind, KubernetesObject, RouteTarget, TrafficShape, RegExp][] = [
  [
    'a header that the rule compares',
    'istio',
    ofIstio({ match: [{ headers: { 'x-beta': { exact: 'no' } } }] }),
    istio.target,
    beta,
    /matches the header/,
  ],
  [
    'a rule with the older field of a mirror',
    'istio',
    ofIstio({ mirror: { host: 'shadow' } }),
    istio.target,
    mirror,
    /has a mirror of its own/,
  ],
  ['a rule that sets cookies', 'istio', ofIstio(setsCookie), istio.target, affinity, /Set-Cookie/],
  [
    'a header that the rule compares',
    'gatewayApi',
    ofGateway({ matches: [gateway.prefix('/', { headers: [{ type: 'Exact', name: 'x-beta', value: 'no' }] })] }),
    gateway.target,
    beta,
    /compares the header/,
  ],
  [
    'two cookies, which are one header',
    'gatewayApi',
    ofGateway({ matches: [gateway.prefix('/', { headers: [{ type: 'Exact', name: 'cookie', value: 'a=b' }] })] }),
    gateway.target,
    cookie,
    /compares the header/,
  ],
  [
    'a mirror beside that of somebody else',
    'gatewayApi',
    ofGateway({ filters: [{ type: 'RequestMirror', requestMirror: { backendRef: gateway.to('shadow') } }] }),
    gateway.target,
    mirror,
    /mirrors its requests/,
  ],
  [
    'more matches than a rule holds',
    'gatewayApi',
    ofGateway({ matches: many }),
    gateway.target,
    two,
    /would have 2 rules with 180 matches/,
  ],
  [
    'time-outs of gRPC',
    'gatewayApi',
    ofGateway({ matches: [] }, { kind: 'GRPCRoute' }),
    grpc,
    { resilience: { timeoutSeconds: 5 } },
    /has no timeouts/,
  ],
];

describe('J7: what a step would refuse in the middle of a rollout', () => {
  it.each(cases)('%s, in %s, is a refusal before it begins', async (_what, kind, object, target, shape, message) => {
    const api = kind === 'istio' ? await istio.clusterWith(object) : await gateway.clusterWith(object);
    const router = createRouter(kind, api);
    const plan = { weights: [0, 10, 100], shapes: [{}, shape, shape] };
    const findings = await router.inspect(target, plan);
    expect(findings.filter(({ message: found }) => message.test(found))).toMatchObject([{ severity: 'refusal' }]);
    expect(await router.inspect(target, { ...plan, shapes: [{}] })).not.toContainEqual(expect.objectContaining({ severity: 'refusal' }));
    await router.write(target, { split: splitAt(0, 100), fence: 1, role: 'claim' });
    const weight = shape.mirrorWeight === undefined ? 10 : 0;
    await expect(router.write(target, { split: splitAt(weight, 100), fence: 1, role: 'owner', shape })).rejects.toThrow(message);
  });

  it('is said once, and a weight that no integers say beside others is not said of each shape again', async () => {
    const object = ofIstio({
      match: [{ headers: { 'x-beta': { exact: 'no' } } }],
      route: [istio.to('checkout', 50), istio.to('legacy', 50)],
    });
    const findings = await createRouter('istio', await istio.clusterWith(object)).inspect(istio.target, {
      weights: [1, 10, 100],
      shapes: [{ ...beta }, { ...beta }],
    });
    const refusals = findings.filter(({ severity }) => severity === 'refusal');
    expect(refusals.map(({ message }) => message)).toEqual([
      expect.stringMatching(/matches the header/),
      expect.stringMatching(/1 of 100/),
    ]);
  });

  it('writes nothing', async () => {
    const api = await istio.clusterWith(ofIstio({}));
    const before = api.writes.length;
    await createRouter('istio', api).inspect(istio.target, { weights: [10], shapes: [beta, affinity, mirror] });
    expect(api.writes).toHaveLength(before);
  });
});
