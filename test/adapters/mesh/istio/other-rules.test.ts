import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { RouteRejectedError } from '../../../../core/errors.ts';
import type { KubernetesApi, KubernetesObject, RouteTarget } from '../../../../core/ports.ts';
import type { IstioRoute } from '../../../../core/spec/router-spec.ts';
import type { TrafficShape } from '../../../../core/traffic/shape.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { overtaken } from '../../../fakes/unreliable-kubernetes.ts';
import { clusterWith, mainRule, type Rule, refTo, target, to, virtualService } from './virtual-services.ts';

const database: Rule = { match: [{ port: 5432 }], route: [to('checkout')] };
const queue: Rule = { match: [{ port: 5672 }, { port: 5671, sourceLabels: { app: 'shop' } }], route: [to('checkout', 100)] };
const secure: Rule = { match: [{ port: 443, sniHosts: ['pay.example.com', 'pay.example.org'] }], route: [to('checkout')] };
const elsewhere: Rule = { match: [{ port: 443, sniHosts: ['*.example.net'] }], route: [to('assets')] };

function withRules(kinds: { http?: readonly Rule[]; tcp?: readonly Rule[]; tls?: readonly Rule[] }): KubernetesObject {
  const { http = [], ...others } = kinds;
  const object = virtualService('checkout', http);
  return { ...object, spec: { ...(object['spec'] as Rule), ...others } };
}

const of = (route: Omit<IstioRoute, 'virtualService'>): RouteTarget => ({ ...target, routes: [{ virtualService: 'checkout', ...route }] });
const specOf = async (api: KubernetesApi) => (await api.read(refTo('checkout')))?.['spec'] as Record<string, readonly Rule[]>;
const claim = { split: splitAt(0, 100), fence: 1, role: 'claim' } as const;
const owner = (weight: number, shape?: TrafficShape) =>
  ({ split: splitAt(weight, 100), fence: 1, role: 'owner', ...(shape === undefined ? {} : { shape }) }) as const;
const door = { split: splitAt(0, 100), fence: 2, role: 'door' } as const;

describe('a tcp or tls route', () => {
  const both = withRules({ http: [mainRule], tcp: [database, queue], tls: [elsewhere, secure] });
  it.each<[string, RouteTarget, KubernetesObject, 'tcp' | 'tls', number]>([
    ['of a port', of({ tcp: { port: 5432 } }), both, 'tcp', 0],
    ['of the second port of a rule', of({ tcp: { port: 5671 } }), both, 'tcp', 1],
    ['without a port, the only one', of({ tcp: {} }), withRules({ http: [mainRule], tcp: [database] }), 'tcp', 0],
    ['of a host', of({ tls: { sniHost: 'pay.example.org' } }), both, 'tls', 1],
    ['without a host, the only one that leads to stable', of({ tls: {} }), both, 'tls', 1],
  ])('%s is steered, and given back; every other rule stays', async (_what, target, object, kind, index) => {
    const api = await clusterWith(object);
    const router = createRouter('istio', api);
    await router.write(target, claim);
    expect(await specOf(api)).toStrictEqual(object['spec']);
    await router.write(target, owner(25));
    expect(await router.read(target)).toMatchObject([{ split: { stable: 75, canary: 25 } }]);
    const { [kind]: steered = [], ...rest } = await specOf(api);
    expect(steered[index]?.['route']).toStrictEqual([to('checkout', 75), to('checkout-canary', 25)]);
    const { [kind]: before = [], ...restBefore } = object['spec'] as Record<string, readonly Rule[]>;
    expect(rest).toStrictEqual(restBefore);
    expect(steered.filter((_, at) => at !== index)).toStrictEqual(before.filter((_, at) => at !== index));
    await router.write(target, door);
    await router.removeCanary(target, 2);
    expect(await specOf(api)).toStrictEqual(object['spec']);
  });

  it('is steered beside an http route of the same rollout', async () => {
    const api = await clusterWith(both);
    const two = {
      ...target,
      routes: [
        { virtualService: 'checkout', http: 'main' },
        { virtualService: 'checkout', tcp: { port: 5432 } },
      ],
    };
    const router = createRouter('istio', api);
    await router.write(two, claim);
    await router.write(two, owner(40));
    expect(await router.read(two)).toMatchObject([{ split: { canary: 40 } }, { split: { canary: 40 } }]);
    await router.write(two, door);
    await router.removeCanary(two, 2);
    expect(await specOf(api)).toStrictEqual(both['spec']);
  });

  it('may be named twice, by two ports of it', async () => {
    const api = await clusterWith(both);
    const router = createRouter('istio', api);
    const two = { ...target, routes: [5671, 5672].map((port) => ({ virtualService: 'checkout', tcp: { port } })) };
    await router.write(two, claim);
    await router.write(two, owner(40));
    expect(await router.read(two)).toMatchObject([{ split: { canary: 40 } }, { split: { canary: 40 } }]);
    await router.write(two, door);
    await router.removeCanary(two, 2);
    expect(await specOf(api)).toStrictEqual(both['spec']);
  });

  it.each<[string, RouteTarget, KubernetesObject, string, string]>([
    [
      'has no such port',
      of({ tcp: { port: 1 } }),
      both,
      '0 are of port 1. Its tcp routes are: 5432, 5672/5671',
      '`tcp: { port: … }` under router.routes',
    ],
    ['has two that lead to stable', of({ tcp: {} }), both, '2 lead to checkout', '`tcp: { port: … }`'],
    [
      'has no such host',
      of({ tls: { sniHost: 'a.example.com' } }),
      both,
      'Its tls routes are: *.example.net, pay.example.com/pay.example.org',
      '`tls: { sniHost: … }`',
    ],
    ['has no tls routes', of({ tls: {} }), withRules({ http: [mainRule] }), 'Its tls routes are: none', '`tls: { sniHost: … }`'],
  ])('that %s is refused', async (_what, target, object, message, remedy) => {
    const error: unknown = await createRouter('istio', await clusterWith(object))
      .read(target)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RouteRejectedError);
    expect((error as RouteRejectedError).message).toContain(message);
    expect((error as RouteRejectedError).remedy).toContain(remedy);
  });

  it.each<[string, TrafficShape]>([
    ['a match', { match: [{ header: { name: 'x-beta', exact: 'yes' } }] }],
    ['affinity', { affinity: { cookie: 'side', maxAgeSeconds: 60 } }],
    ['a mirror', { mirrorWeight: 10 }],
    ['resilience', { resilience: { timeoutSeconds: 1 } }],
  ])('has no requests for %s, which is refused', async (_what, shape) => {
    const api = await clusterWith(both);
    const router = createRouter('istio', api);
    const tcp = of({ tcp: { port: 5432 } });
    await router.write(tcp, claim);
    await expect(router.write(tcp, owner(10, shape))).rejects.toThrow(
      'The tcp route 0 of VirtualService shop/checkout passes connections on',
    );
    expect(await specOf(api)).toStrictEqual(both['spec']);
  });

  it('that somebody inserts before it meanwhile does not get our weights', async () => {
    const api = await clusterWith(both);
    const tcp = of({ tcp: { port: 5432 } });
    await createRouter('istio', api).write(tcp, claim);
    const inserted = { match: [{ port: 1234 }], route: [to('checkout')] };
    const racing = overtaken(api, () =>
      api.write({ jsonPatch: refTo('checkout'), operations: [{ op: 'add', path: '/spec/tcp/0', value: inserted }] }),
    );
    await createRouter('istio', racing).write(tcp, owner(25));
    expect(racing.results).toEqual(['conflict', 'written']);
    expect((await specOf(api))['tcp']?.[0]).toStrictEqual(inserted);
  });

  it('T2: is left by a door where somebody took its port away', async () => {
    const api = await clusterWith(both);
    const router = createRouter('istio', api);
    const tcp = of({ tcp: { port: 5432 } });
    await router.write(tcp, claim);
    await router.write(tcp, owner(50));
    await api.write({ jsonPatch: refTo('checkout'), operations: [{ op: 'remove', path: '/spec/tcp/0/match' }] });
    await expect(router.write(tcp, door)).rejects.toThrow(RouteRejectedError);
    expect((await specOf(api))['tcp']?.[0]?.['route']).toStrictEqual([to('checkout', 100), to('checkout-canary', 0)]);
  });
});

describe('subsets of one host', () => {
  const split: RouteTarget = { ...target, subsets: { host: 'shop-front', stable: 'v-stable', canary: 'v-canary' } };
  const toSubset = (subset: string, weight?: number, host = 'shop-front'): Rule => ({
    destination: { host, subset, port: { number: 8080 } },
    ...(weight === undefined ? {} : { weight }),
  });

  it.each(['shop-front', 'shop-front.shop', 'shop-front.shop.svc.cluster.local'])(
    'are steered on the host %s, and a third one keeps its weight',
    async (host) => {
      const others = [toSubset('v-old', 10, host), to('assets', 40)];
      const rule = { name: 'main', route: [toSubset('v-stable', 50, host), ...others] };
      const api = await clusterWith(virtualService('checkout', [rule]));
      const router = createRouter('istio', api);
      await router.write(split, claim);
      await router.write(split, owner(40));
      expect(await router.read(split)).toMatchObject([{ split: { stable: 60, canary: 40 } }]);
      expect((await specOf(api))['http']?.[0]?.['route']).toStrictEqual([
        toSubset('v-stable', 30, host),
        toSubset('v-canary', 20, host),
        ...others,
      ]);
      await router.write(split, door);
      await router.removeCanary(split, 2);
      expect((await specOf(api))['http']).toStrictEqual([rule]);
    },
  );

  it.each<[string, RouteTarget, readonly Rule[], string]>([
    ['leads to stable by its Service', split, [to('checkout')], 'expected shop-front (subset v-stable) once'],
    ['leads to no subset too', split, [toSubset('v-stable', 50), to('shop-front', 50)], 'leads to shop-front without a subset'],
    [
      'leads to the canary Service by a subset',
      target,
      [to('checkout', 100), { destination: { host: 'checkout-canary', subset: 'v1' }, weight: 0 }],
      'leads to the subset v1 of checkout-canary',
    ],
    ['leaves nothing to share', target, [to('checkout'), to('legacy', 100)], 'gives all its weight to others'],
  ])('a rule that %s is refused before a rollout begins', async (_what, of, route, message) => {
    const api = await clusterWith(virtualService('checkout', [{ name: 'main', route }]));
    const router = createRouter('istio', api);
    await expect(router.write(of, claim)).rejects.toThrow(RouteRejectedError);
    await expect(router.write(of, claim)).rejects.toThrow(message);
    expect(await router.inspect(of, { weights: [10], shapes: [] })).toMatchObject([
      { severity: 'refusal', message: expect.stringContaining(message) },
    ]);
  });
});
