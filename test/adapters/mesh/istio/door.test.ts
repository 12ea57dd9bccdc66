import { describe, expect, it } from 'vitest';
import { fenceOf } from '../../../../adapters/mesh/fence.ts';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { ClusterUnavailableError, FencedError, RouteRejectedError } from '../../../../core/errors.ts';
import type { KubernetesApi, RouteTarget } from '../../../../core/ports.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import {
  clusterWith,
  foreignRule,
  mainRule,
  put,
  type Rule,
  refTo,
  replaceRules,
  routeOf,
  rulesOf,
  target,
  to,
  virtualService,
} from './virtual-services.ts';

const two: RouteTarget = {
  ...target,
  routes: [
    { virtualService: 'checkout', http: 'main' },
    { virtualService: 'internal', http: 'main' },
  ],
};
const door = { split: splitAt(0, 100), fence: 2, role: 'door' } as const;

/** A rollout at weight 50 on both VirtualServices. */
async function halfWay(of = two) {
  const api = await clusterWith(
    virtualService('checkout', [mainRule]),
    virtualService('internal', [{ name: 'main', route: [to('checkout')] }]),
  );
  const router = createRouter('istio', api);
  await router.write(of, { split: splitAt(0, 100), fence: 1, role: 'claim' });
  await router.write(of, { split: splitAt(50, 100), fence: 1, role: 'owner' });
  return { api, router };
}

const fenceOn = async (api: KubernetesApi, name: string) => {
  const object = await api.read(refTo(name));
  return object === undefined ? undefined : fenceOf(object, 'checkout');
};

describe('T2: a door writes what it can', () => {
  it.each(['checkout', 'internal'])('where %s is gone: the other one, and then says which is missing', async (gone) => {
    const { api, router } = await halfWay();
    api.drop(refTo(gone));
    await expect(router.write(two, door)).rejects.toThrow(`There is no VirtualService shop/${gone}`);
    const left = gone === 'checkout' ? 'internal' : 'checkout';
    expect(await routeOf(api, 0, left)).toMatchObject([{ weight: 100 }, { weight: 0 }]);
    expect(await fenceOn(api, left)).toBe(2);
  });

  it('and where one object is gone and the other does not answer, it ends in the error that can pass', async () => {
    const { api } = await halfWay();
    api.drop(refTo('checkout'));
    const flaky: KubernetesApi = {
      ...passingOn(api),
      read: (ref) => {
        if (ref.name === 'internal') throw new ClusterUnavailableError('No answer.', { remedy: 'Again.' });
        return api.read(ref);
      },
    };
    await expect(createRouter('istio', flaky).write(two, door)).rejects.toThrow(ClusterUnavailableError);
  });

  it('where one object carries a newer fence: the other one, and then the fence, which the caller can go beyond', async () => {
    const { api, router } = await halfWay();
    const first = { ...two, routes: two.routes.slice(0, 1) };
    await router.write(first, { split: splitAt(0, 100), fence: 9, role: 'door' });
    await expect(router.write(two, door)).rejects.toThrow(FencedError);
    expect(await routeOf(api, 0, 'internal')).toMatchObject([{ weight: 100 }, { weight: 0 }]);
    await router.write(two, { ...door, fence: 10 });
    expect(await Promise.all(['checkout', 'internal'].map((name) => fenceOn(api, name)))).toEqual([10, 10]);
  });

  it('an owner, by contrast, stops at the first object that it cannot write', async () => {
    const { api, router } = await halfWay();
    api.drop(refTo('checkout'));
    await expect(router.write(two, { split: splitAt(60, 100), fence: 1, role: 'owner' })).rejects.toThrow(RouteRejectedError);
    expect(await routeOf(api, 0, 'internal')).toMatchObject([{ weight: 50 }, { weight: 50 }]);
  });
});

describe('T6: a rule that somebody made unsteerable during the rollout', () => {
  const copy = { name: 'copy', match: [{ uri: { prefix: '/copy' } }] };
  it.each<[string, readonly Rule[], readonly unknown[]]>([
    [
      'by another name, and a destination of their own',
      [{ name: 'renamed', route: [to('checkout', 40), to('checkout-canary', 50), to('legacy', 10)] }],
      [[to('checkout', 90), to('checkout-canary', 0), to('legacy', 10)]],
    ],
    [
      'by another name',
      [{ name: 'renamed', route: [to('checkout', 50), to('checkout-canary', 50)] }],
      [[to('checkout', 100), to('checkout-canary', 0)]],
    ],
    [
      'by a second rule of the same name',
      [
        foreignRule,
        { name: 'main', route: [to('checkout', 50), to('checkout-canary', 50)] },
        { ...copy, name: 'main', route: [to('checkout')] },
      ],
      [foreignRule['route'], [to('checkout', 100), to('checkout-canary', 0)], [to('checkout')]],
    ],
    [
      'by a second destination of stable',
      [{ name: 'main', route: [to('checkout', 30), to('checkout.shop', 20), to('checkout-canary', 50)] }],
      [[to('checkout', 80), to('checkout.shop', 20), to('checkout-canary', 0)]],
    ],
  ])('%s is left by the canary all the same; what else is there keeps its share', async (_what, rules, expected) => {
    const { api, router } = await halfWay();
    await replaceRules(api, 'checkout', rules);
    await expect(router.write(two, door)).rejects.toThrow(RouteRejectedError);
    expect((await rulesOf(api)).map(({ route }) => route)).toStrictEqual(expected);
    expect(await routeOf(api, 0, 'internal')).toMatchObject([{ weight: 100 }, { weight: 0 }]);
    expect(await fenceOn(api, 'checkout')).toBe(2);
  });

  it('is left by stable where the canary is the safe side', async () => {
    const { api, router } = await halfWay();
    await replaceRules(api, 'checkout', [{ name: 'renamed', route: [to('checkout', 40), to('checkout-canary', 50), to('legacy', 10)] }]);
    await expect(router.write(two, { ...door, split: splitAt(100, 100) })).rejects.toThrow(RouteRejectedError);
    expect(await routeOf(api)).toStrictEqual([to('checkout', 0), to('checkout-canary', 90), to('legacy', 10)]);
  });

  it.each([
    ['has no canary', [{ name: 'other', route: [to('checkout')] }]],
    ['leads to the canary alone', [{ name: 'other', route: [to('checkout-canary')] }]],
    ['has a shape that nobody knows', [{ name: 'main', route: 'everywhere' }]],
  ])('gets at least the tombstone where it %s', async (_what, rules) => {
    const { api, router } = await halfWay();
    await replaceRules(api, 'checkout', rules);
    await expect(router.write(two, door)).rejects.toThrow(RouteRejectedError);
    expect(await rulesOf(api)).toStrictEqual(rules);
    expect(await fenceOn(api, 'checkout')).toBe(2);
  });

  it('does not make a door touch rules of others while ours can be steered', async () => {
    const pinned = {
      name: 'preview',
      match: [{ headers: { preview: { exact: '1' } } }],
      route: [to('checkout', 10), to('checkout-canary', 90)],
    };
    const { api, router } = await halfWay();
    await api.write({ jsonPatch: refTo('checkout'), operations: [{ op: 'add', path: '/spec/http/0', value: pinned }] });
    await router.write(two, door);
    expect((await rulesOf(api))[0]).toStrictEqual(pinned);
  });
});

describe('a door that comes first', () => {
  it('writes its tombstone on a route that was never claimed, and the claim that is late is refused', async () => {
    const api = await clusterWith();
    await put(api, virtualService('checkout', [mainRule]));
    const router = createRouter('istio', api);
    await router.write(target, door);
    await expect(router.write(target, { split: splitAt(0, 100), fence: 1, role: 'claim' })).rejects.toThrow(FencedError);
    expect(await rulesOf(api)).toStrictEqual([mainRule]);
  });
});

function passingOn(api: KubernetesApi): KubernetesApi {
  return {
    read: (ref) => api.read(ref),
    list: (ref, selector) => api.list(ref, selector),
    write: (write) => api.write(write),
    remove: (ref, preconditions) => api.remove(ref, preconditions),
  };
}
