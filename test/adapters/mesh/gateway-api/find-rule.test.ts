import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { RouteRejectedError } from '../../../../core/errors.ts';
import type { GatewayRoute } from '../../../../core/spec/router-spec.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { clusterWith, foreignRule, mainRule, prefix, type Rule, refTo, route, rulesOf, target, to } from './gateway-routes.ts';

async function readSplits(rules: readonly Rule[], ref: Omit<GatewayRoute, 'httpRoute'> & { readonly path?: string }) {
  const api = await clusterWith(route('checkout', rules));
  const routes = [{ httpRoute: 'checkout', ...ref }];
  return (await createRouter('gatewayApi', api).read({ ...target, routes })).map(({ split }) => split.canary);
}

const at = (path: Rule, canary: number, name?: string): Rule => ({
  ...(name === undefined ? {} : { name }),
  matches: [{ path }],
  backendRefs: [to('checkout', 100 - canary), to('checkout-canary', canary)],
});
const prefixed = (value: string) => ({ type: 'PathPrefix', value });

describe('the rule that a spec means', () => {
  it.each<[string, readonly Rule[], Record<string, string>, number]>([
    ['the one of that name', [at(prefixed('/'), 10, 'web'), at(prefixed('/api'), 20, 'api')], { rule: 'api' }, 20],
    ['the one with a match of that prefix', [at(prefixed('/'), 10), at(prefixed('/api'), 20)], { path: '/api' }, 20],
    ['the one with a match of exactly that path', [at(prefixed('/'), 10), at({ type: 'Exact', value: '/api' }, 20)], { path: '/api' }, 20],
    [
      'no regular expression that reads like the path',
      [at({ type: 'RegularExpression', value: '/api' }, 10), at(prefixed('/api'), 20)],
      { path: '/api' },
      20,
    ],
    ['of several of a path the one of that name', [at(prefixed('/'), 10, 'a'), at(prefixed('/'), 20, 'b')], { rule: 'b', path: '/' }, 20],
    ['the only one that leads to stable', [foreignRule, at(prefixed('/x'), 30)], {}, 30],
    [
      'for the path /, one that has no matches',
      [foreignRule, { backendRefs: [to('checkout', 3), to('checkout-canary', 1)] }],
      { path: '/' },
      25,
    ],
  ])('is %s', async (_what, rules, ref, canary) => {
    expect(await readSplits(rules, ref)).toEqual([canary]);
  });

  it('is never one that Sluice inserted, for this rollout or another', async () => {
    const inserted = { ...at(prefixed('/'), 100), name: 'sluice-checkout-match' };
    const ofOther = { ...at(prefixed('/'), 100), name: 'sluice-cart-affinity-stable-2' };
    expect(await readSplits([inserted, ofOther, at(prefixed('/'), 30)], { path: '/' })).toEqual([30]);
  });

  it.each<[string, readonly Rule[], Record<string, string>, string]>([
    ['of another name', [mainRule], { rule: 'web' }, '0 of its rules are named web. Its rules are: main'],
    ['of another path', [at(prefixed('/a'), 0)], { path: '/b' }, '0 of its rules are with a match of the path /b. Its rules are: /a'],
    ['named twice', [mainRule, mainRule], { rule: 'main' }, '2 of its rules are named main'],
    ['that lead to stable, twice', [at(prefixed('/a'), 0), at(prefixed('/b'), 0)], {}, '2 of its rules'],
    ['at all', [], {}, 'Its rules are: none'],
    [
      'but one that redirects',
      [{ name: 'main', filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https' } }] }],
      { rule: 'main' },
      'Rule main of HTTPRoute shop/checkout redirects or answers by itself',
    ],
    [
      'but one with stable twice',
      [{ name: 'main', backendRefs: [to('checkout', 1), to('checkout', 2)] }],
      { rule: 'main' },
      'expected the Service checkout of its own namespace once',
    ],
    [
      'but one of the same name in another namespace',
      [{ name: 'main', backendRefs: [to('checkout', 1, { namespace: 'other' })] }],
      { rule: 'main' },
      'leads to checkout; expected',
    ],
    [
      'but one of another kind',
      [{ name: 'main', backendRefs: [to('checkout', 1, { kind: 'ServiceImport', group: 'x-k8s.io' })] }],
      { rule: 'main' },
      'expected the Service',
    ],
    ['of a shape that is known', [{ name: 'main', backendRefs: 'everywhere' }], { rule: 'main' }, 'has a shape that Sluice does not know'],
  ])('is refused where there is none %s', async (_what, rules, ref, text) => {
    const refused = readSplits(rules, ref);
    await expect(refused).rejects.toThrow(RouteRejectedError);
    await expect(refused).rejects.toThrow(text);
  });

  it('is found although somebody has put rules before it, and the weights are written there', async () => {
    const api = await clusterWith(route('checkout', [mainRule]));
    const router = createRouter('gatewayApi', api);
    await router.write(target, { split: splitAt(0, 100), fence: 1, role: 'claim' });
    await api.write({ jsonPatch: refTo('checkout'), operations: [{ op: 'add', path: '/spec/rules/0', value: foreignRule }] });
    await router.write(target, { split: splitAt(5, 100), fence: 1, role: 'owner' });
    expect((await rulesOf(api)).map(({ backendRefs }) => backendRefs)).toMatchObject([
      [{ weight: 70 }, { weight: 30 }],
      [
        { name: 'checkout', weight: 95 },
        { name: 'checkout-canary', weight: 5 },
      ],
    ]);
  });

  it('is refused where the route does not exist', async () => {
    const api = await clusterWith();
    await expect(createRouter('gatewayApi', api).read(target)).rejects.toThrow('There is no HTTPRoute shop/checkout');
    const grpc = { ...target, routes: [{ grpcRoute: 'checkout' }] };
    await expect(createRouter('gatewayApi', api).read(grpc)).rejects.toThrow('There is no GRPCRoute shop/checkout');
  });

  it('takes every path where a prefix and a match stand together', async () => {
    expect(await readSplits([{ matches: [prefix('/a'), prefix('/b')], backendRefs: [to('checkout', 1)] }], { path: '/b' })).toEqual([0]);
  });
});
