import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { RouteRejectedError, WriteConflictError } from '../../../../core/errors.ts';
import type { KubernetesApi } from '../../../../core/ports.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { comparingBytes, overtaken } from '../../../fakes/unreliable-kubernetes.ts';
import {
  clusterWith,
  foreignRule,
  mainRule,
  put,
  refTo,
  replaceRules,
  routeOf,
  rulesOf,
  target,
  to,
  virtualService,
} from './virtual-services.ts';

const unnamed = { ...target, routes: [{ virtualService: 'checkout' }] };
const raise = { split: splitAt(25, 100), fence: 1, role: 'owner' } as const;

async function claimed(rules: Parameters<typeof virtualService>[1], of = target) {
  const api = await clusterWith(virtualService('checkout', rules));
  await createRouter('istio', api).write(of, { split: splitAt(0, 100), fence: 1, role: 'claim' });
  return api;
}

const insertBefore = (api: KubernetesApi, rule: unknown) => () =>
  api.write({ jsonPatch: refTo('checkout'), operations: [{ op: 'add', path: '/spec/http/0', value: rule }] });

describe('somebody who is quicker', () => {
  it('and inserts a rule before ours makes the patch fail, and it is computed anew', async () => {
    const api = await claimed([mainRule]);
    const racing = overtaken(api, insertBefore(api, foreignRule));
    await createRouter('istio', racing).write(target, raise);
    expect(racing.results).toEqual(['conflict', 'written']);
    expect((await rulesOf(api))[0]).toStrictEqual(foreignRule);
    expect(await routeOf(api, 1)).toMatchObject([{ weight: 75 }, { weight: 25 }]);
  });

  it('and inserts a copy of ours under another name does not get our weights', async () => {
    const api = await claimed([mainRule]);
    const racing = overtaken(api, insertBefore(api, { ...mainRule, name: 'copy' }));
    await createRouter('istio', racing).write(target, raise);
    expect(racing.results).toEqual(['conflict', 'written']);
    expect((await rulesOf(api))[0]).toStrictEqual({ ...mainRule, name: 'copy' });
  });

  it('and inserts a rule with the same destinations before ours, which has no name, does not get our weights', async () => {
    const api = await claimed([{ route: [to('checkout')] }], unnamed);
    const vip = { match: [{ headers: { vip: { exact: 'yes' } } }], route: [to('checkout')] };
    const racing = overtaken(api, insertBefore(api, vip));
    await expect(createRouter('istio', racing).write(unnamed, raise)).rejects.toThrow(RouteRejectedError);
    expect(racing.results).toEqual(['conflict']);
    expect(await rulesOf(api)).toStrictEqual([vip, { route: [to('checkout')] }]);
  });

  it('and narrows our rule makes the patch fail, and the new match stays', async () => {
    const api = await claimed([mainRule]);
    const match = [{ uri: { prefix: '/v2' } }];
    const racing = overtaken(api, () => replaceRules(api, 'checkout', [{ ...mainRule, match }]));
    await createRouter('istio', racing).write(target, raise);
    expect(racing.results).toEqual(['conflict', 'written']);
    expect((await rulesOf(api))[0]).toMatchObject({ match });
  });

  it('and changes what we do not look at, such as a timeout, keeps that change', async () => {
    const api = await claimed([mainRule]);
    const racing = overtaken(api, () => replaceRules(api, 'checkout', [{ ...mainRule, timeout: '9s' }]));
    await createRouter('istio', racing).write(target, raise);
    expect(racing.results).toEqual(['written']);
    expect((await rulesOf(api))[0]).toMatchObject({ timeout: '9s', route: [{ weight: 75 }, { weight: 25 }] });
  });

  it("and edits stable's destination keeps that edit, on both sides", async () => {
    const api = await claimed([{ name: 'main', route: [to('checkout')] }]);
    const edited = [{ name: 'main', route: [to('checkout', undefined, { headers: { request: { remove: ['x'] } } })] }];
    await createRouter(
      'istio',
      overtaken(api, () => replaceRules(api, 'checkout', edited)),
    ).write(target, raise);
    const headers = { request: { remove: ['x'] } };
    expect(await routeOf(api)).toStrictEqual([to('checkout', 75, { headers }), to('checkout-canary', 25, { headers })]);
  });

  it('again and again ends in a WriteConflictError that says how to find out who it is', async () => {
    const api = await claimed([mainRule]);
    let turn = 0;
    const edit = () => replaceRules(api, 'checkout', [{ ...mainRule, match: [{ uri: { prefix: `/${turn++}` } }] }]);
    const racing = overtaken(api, edit, { times: 99 });
    const error: unknown = await createRouter('istio', racing)
      .write(target, raise)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WriteConflictError);
    expect(error).toMatchObject({
      retryable: true,
      message: expect.stringContaining('VirtualService shop/checkout changed under 5 writes'),
    });
    expect((error as WriteConflictError).remedy).toContain('--show-managed-fields');
    expect(racing.results).toHaveLength(5);
  });

  it('and deletes the VirtualService is noticed', async () => {
    const api = await claimed([mainRule]);
    const racing = overtaken(api, async () => api.drop(refTo('checkout')));
    await expect(createRouter('istio', racing).write(target, raise)).rejects.toThrow('There is no VirtualService shop/checkout');
  });

  it('and writes the VirtualService anew, without annotations, makes a claim start over', async () => {
    const api = await clusterWith(virtualService('checkout', [mainRule], { 'example.com/owner': 'shop' }));
    const racing = overtaken(api, async () => {
      api.drop(refTo('checkout'));
      await put(api, virtualService('checkout', [foreignRule, mainRule]));
    });
    const readings = await createRouter('istio', racing).write(target, { split: splitAt(0, 100), fence: 1, role: 'claim' });
    expect(readings).toMatchObject([{ fence: 1, split: { canary: 0 } }]);
    expect(racing.results).toEqual(['conflict', 'written']);
  });
});

describe('text that the API server compares byte by byte', () => {
  it.each([
    ['a match', { ...mainRule, match: [{ uri: { regex: '/(?<id>a&b)' } }] }],
    ['a header of the destination', { name: 'main', route: [to('checkout', 100, { headers: { request: { set: { q: 'a<b' } } } })] }],
  ])('keeps nobody from writing and from rolling back: %s', async (_what, rule) => {
    const api = await claimed([rule]);
    const router = createRouter('istio', comparingBytes(api));
    await router.write(target, raise);
    expect(await router.write(target, { split: splitAt(0, 100), fence: 2, role: 'door' })).toMatchObject([
      { split: { canary: 0 }, fence: 2 },
    ]);
    await router.removeCanary(target, 2);
    expect(await rulesOf(api)).toStrictEqual([rule]);
  });

  it('still gives way to whoever was quicker', async () => {
    const rule = { name: 'main', match: [{ uri: { regex: '/a&b' } }], route: [to('checkout')] };
    const api = await claimed([rule]);
    const racing = overtaken(api, insertBefore(api, foreignRule));
    await createRouter('istio', racing).write(target, raise);
    expect(racing.results).toEqual(['conflict', 'written']);
    expect((await rulesOf(api))[0]).toStrictEqual(foreignRule);
  });
});
