import { describe, expect, it } from 'vitest';
import { fenceOf } from '../../../../adapters/mesh/fence.ts';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { FencedError, RouteRejectedError, WriteConflictError } from '../../../../core/errors.ts';
import type { KubernetesApi, RouteTarget } from '../../../../core/ports.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { comparingBytes, overtaken } from '../../../fakes/unreliable-kubernetes.ts';
import {
  backendsOf,
  clusterWith,
  foreignRule,
  mainRule,
  prefix,
  type Rule,
  refTo,
  replaceRules,
  route,
  rulesOf,
  target,
  to,
} from './gateway-routes.ts';

const two: RouteTarget = {
  ...target,
  routes: [
    { httpRoute: 'checkout', rule: 'main' },
    { httpRoute: 'internal', rule: 'main' },
  ],
};
const claim = { split: splitAt(0, 100), fence: 1, role: 'claim' } as const;
const raise = { split: splitAt(50, 100), fence: 1, role: 'owner' } as const;
const door = { split: splitAt(0, 100), fence: 2, role: 'door' } as const;
const shape = {
  match: [{ header: { name: 'x-beta', exact: 'yes' } }],
  affinity: { cookie: 'side', maxAgeSeconds: 60 },
  resilience: { timeoutSeconds: 3 },
};

/** A rollout at weight 50 on both routes, with all of a shape. */
async function halfWay() {
  const api = await clusterWith(route('checkout', [mainRule]), route('internal', [{ name: 'main', backendRefs: [to('checkout', 1)] }]));
  const router = createRouter('gatewayApi', api);
  await router.write(two, claim);
  await router.write(two, { ...raise, shape });
  return { api, router };
}

const fenceOn = async (api: KubernetesApi, name: string) => {
  const object = await api.read(refTo(name));
  return object === undefined ? undefined : fenceOf(object, 'checkout');
};

describe('T6: a rule that somebody made unsteerable during the rollout', () => {
  const half = [to('checkout', 50), to('checkout-canary', 50)];
  it.each<[string, readonly Rule[], readonly Rule[]]>([
    [
      'by another name',
      [{ name: 'renamed', backendRefs: half }],
      [{ name: 'renamed', backendRefs: [to('checkout', 100), to('checkout-canary', 0)] }],
    ],
    [
      'by a second backendRef of stable, beside others',
      [{ name: 'main', backendRefs: [to('checkout', 30), to('checkout', 20, { port: 81 }), to('checkout-canary', 50), to('legacy', 5)] }],
      [{ name: 'main', backendRefs: [to('checkout', 80), to('checkout', 20, { port: 81 }), to('checkout-canary', 0), to('legacy', 5)] }],
    ],
    [
      'by weights that are left out, and mean 1',
      [{ name: 'renamed', backendRefs: [to('checkout'), to('checkout-canary')] }],
      [{ name: 'renamed', backendRefs: [to('checkout', 2), to('checkout-canary', 0)] }],
    ],
    [
      'by a second rule of its name',
      [foreignRule, { name: 'main', backendRefs: half }, { name: 'main', matches: [prefix('/x')], backendRefs: [to('checkout', 1)] }],
      [
        foreignRule,
        { name: 'main', backendRefs: [to('checkout', 100), to('checkout-canary', 0)] },
        { name: 'main', matches: [prefix('/x')], backendRefs: [to('checkout', 1)] },
      ],
    ],
  ])('%s is left by the canary all the same, and what was inserted goes', async (_what, rules, expected) => {
    const { api, router } = await halfWay();
    const inserted = (await rulesOf(api)).filter(({ name }) => String(name).startsWith('sluice-'));
    expect(inserted).toHaveLength(3);
    await replaceRules(api, [...inserted, ...rules]);
    await expect(router.write(two, door)).rejects.toThrow(RouteRejectedError);
    expect(await rulesOf(api)).toStrictEqual(expected);
    expect(await backendsOf(api, 'main', 'internal')).toStrictEqual([to('checkout', 100), to('checkout-canary', 0)]);
    expect(await Promise.all(['checkout', 'internal'].map((name) => fenceOn(api, name)))).toEqual([2, 2]);
  });

  it('is left by stable where the canary is the safe side', async () => {
    const { api, router } = await halfWay();
    await replaceRules(api, [{ name: 'renamed', backendRefs: half }]);
    await expect(router.write(two, { ...door, split: splitAt(100, 100) })).rejects.toThrow(RouteRejectedError);
    expect(await backendsOf(api, 'renamed')).toStrictEqual([to('checkout', 0), to('checkout-canary', 100)]);
  });

  it.each<[string, readonly Rule[]]>([
    ['leads to the canary alone', [{ name: 'other', backendRefs: [to('checkout-canary', 1)] }]],
    ['has a shape that nobody knows', [{ name: 'main', backendRefs: 'everywhere' }]],
  ])('gets at least the tombstone where it %s', async (_what, rules) => {
    const { api, router } = await halfWay();
    await replaceRules(api, rules);
    await expect(router.write(two, door)).rejects.toThrow(RouteRejectedError);
    expect(await rulesOf(api)).toStrictEqual(rules);
    expect(await fenceOn(api, 'checkout')).toBe(2);
  });

  it('does not make a door touch rules of others while ours can be steered', async () => {
    const pinned = { name: 'preview', matches: [prefix('/preview')], backendRefs: [to('checkout', 10), to('checkout-canary', 90)] };
    const { api, router } = await halfWay();
    await api.write({ jsonPatch: refTo('checkout'), operations: [{ op: 'add', path: '/spec/rules/0', value: pinned }] });
    await router.write(two, door);
    expect(await rulesOf(api)).toMatchObject([pinned, { name: 'main', timeouts: mainRule['timeouts'] }]);
  });
});

describe('a door that comes first', () => {
  it('writes its tombstone on a route that was never claimed, and nothing else; the claim that is late is refused', async () => {
    const api = await clusterWith(route('checkout', [mainRule]));
    const router = createRouter('gatewayApi', api);
    await router.write(target, door);
    await expect(router.write(target, claim)).rejects.toThrow(FencedError);
    const object = await api.read(refTo('checkout'));
    expect(object?.metadata.annotations).toEqual({ 'fence.sluice.dev/checkout': '2' });
    expect(await rulesOf(api)).toStrictEqual([mainRule]);
  });
});

describe('somebody who is quicker', () => {
  const insertBefore = (api: KubernetesApi, rule: unknown) => () =>
    api.write({ jsonPatch: refTo('checkout'), operations: [{ op: 'add', path: '/spec/rules/0', value: rule }] });

  async function claimed(rules: readonly Rule[], of = target) {
    const api = await clusterWith(route('checkout', rules));
    await createRouter('gatewayApi', api).write(of, claim);
    return api;
  }

  it.each([{}, shape])('and inserts a rule before ours makes the patch fail, and it is computed anew (%j)', async (with_) => {
    const api = await claimed([mainRule]);
    const racing = overtaken(api, insertBefore(api, foreignRule));
    await createRouter('gatewayApi', racing).write(target, { ...raise, shape: with_ });
    expect(racing.results).toEqual(['conflict', 'written']);
    const found = await rulesOf(api);
    expect(found[0]).toStrictEqual(foreignRule);
    expect(found.at(-1)).toMatchObject({ name: 'main', backendRefs: [{ weight: 50 }, { weight: 50 }] });
  });

  it('and inserts a rule that equals ours, which has no name, does not get our weights', async () => {
    const unnamed = { ...target, routes: [{ httpRoute: 'checkout' }] };
    const rule = { backendRefs: [to('checkout', 1)] };
    const api = await claimed([rule], unnamed);
    const racing = overtaken(api, insertBefore(api, { ...rule, matches: [prefix('/vip')] }));
    await expect(createRouter('gatewayApi', racing).write(unnamed, raise)).rejects.toThrow(RouteRejectedError);
    expect(await rulesOf(api)).toStrictEqual([{ ...rule, matches: [prefix('/vip')] }, rule]);
  });

  it('and changes what only weights do not depend on is no obstacle to them', async () => {
    const plain = { name: 'main', matches: [prefix('/')], backendRefs: [to('checkout', 1)] };
    const api = await claimed([plain]);
    const racing = overtaken(api, () => replaceRules(api, [{ ...plain, timeouts: { request: '9s' } }]));
    await createRouter('gatewayApi', racing).write(target, raise);
    expect(racing.results).toEqual(['written']);
    expect(await rulesOf(api)).toMatchObject([{ timeouts: { request: '9s' }, backendRefs: [{ weight: 50 }, { weight: 50 }] }]);
  });

  it('and writes again and again ends in a WriteConflictError', async () => {
    const api = await claimed([mainRule]);
    let turn = 0;
    const racing = overtaken(api, () => replaceRules(api, [{ ...mainRule, matches: [prefix(`/${turn++}`)] }]), { times: 99 });
    await expect(createRouter('gatewayApi', racing).write(target, { ...raise, shape })).rejects.toThrow(WriteConflictError);
  });

  it('T5: text that the API server compares byte by byte keeps nobody from rolling back', async () => {
    const api = await claimed([mainRule]);
    const router = createRouter('gatewayApi', comparingBytes(api));
    await router.write(target, { ...raise, shape: { match: [{ header: { name: 'q', exact: 'a<b' } }] } });
    await router.write(target, door);
    await router.removeCanary(target, 2);
    expect(await rulesOf(api)).toStrictEqual([mainRule]);
  });
});
