import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { RouteRejectedError } from '../../../../core/errors.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { backendsOf, clusterWith, mainRule, type Rule, replaceRules, route, target, to } from './gateway-routes.ts';

const named = (backendRefs: readonly Rule[]): Rule => ({ name: 'main', backendRefs });

async function claimed(backendRefs: readonly Rule[], of = target) {
  const api = await clusterWith(route('checkout', [named(backendRefs)]));
  const router = createRouter('gatewayApi', api);
  await router.write(of, { split: splitAt(0, of.totalWeight), fence: 1, role: 'claim' });
  const raise = (canary: number) => router.write(of, { split: splitAt(canary, of.totalWeight), fence: 1, role: 'owner' });
  const end = async () => {
    await router.write(of, { split: splitAt(0, of.totalWeight), fence: 2, role: 'door' });
    await router.removeCanary(of, 2);
  };
  return { api, router, raise, end };
}

describe('weights that are proportions', () => {
  it.each<[string, readonly Rule[], number, number]>([
    ['a weight that is left out is 1', [to('checkout'), to('checkout-canary')], 100, 50],
    ['3 and 1 are 75 and 25', [to('checkout', 3), to('checkout-canary', 1)], 100, 25],
    ['beside others, the share of what the two have', [to('checkout', 45), to('checkout-canary', 5), to('legacy', 50)], 100, 10],
    ['in units of the total weight', [to('checkout', 999), to('checkout-canary', 1)], 1_000, 1],
    ['hardly anything is still a weight', [to('checkout', 9_999), to('checkout-canary', 1)], 100, 1],
    ['where both have 0, nothing', [to('checkout', 0), to('checkout-canary', 0)], 100, 0],
  ])('are read: %s', async (_what, backendRefs, totalWeight, canary) => {
    const api = await clusterWith(route('checkout', [named(backendRefs)]));
    const of = { ...target, totalWeight };
    // Not asked whether a rollout could begin with it.
    await createRouter('gatewayApi', api).write(of, { split: splitAt(0, totalWeight), fence: 1, role: 'door' });
    await replaceRules(api, [named(backendRefs)]);
    const memory = { metadata: { annotations: { 'before.sluice.dev/checkout': '{}' } } };
    await api.write({
      mergePatch: { apiVersion: 'gateway.networking.k8s.io/v1', resource: 'httproutes', namespace: 'shop', name: 'checkout' },
      patch: memory,
    });
    expect((await createRouter('gatewayApi', api).read(of))[0]?.split).toEqual(splitAt(canary, totalWeight));
  });

  it.each([0, 1, 50, 100])('are written out with the sum 100 where the two are alone: %i', async (canary) => {
    const { api, raise } = await claimed([to('checkout')]);
    await raise(7);
    await raise(canary);
    expect(await backendsOf(api)).toStrictEqual([to('checkout', 100 - canary), to('checkout-canary', canary)]);
  });

  it('have a sum of 1000 where the spec says so', async () => {
    const { api, raise } = await claimed([to('checkout')], { ...target, totalWeight: 1_000 });
    await raise(1);
    expect(await backendsOf(api)).toStrictEqual([to('checkout', 999), to('checkout-canary', 1)]);
  });

  it('give the canary all that stable has but its name: port, filters and fields that nobody knows', async () => {
    const api = await clusterWith(route('checkout', [mainRule]));
    const router = createRouter('gatewayApi', api);
    await router.write(target, { split: splitAt(0, 100), fence: 1, role: 'claim' });
    await router.write(target, { split: splitAt(5, 100), fence: 1, role: 'owner' });
    const [stable] = mainRule['backendRefs'] as Rule[];
    expect(await backendsOf(api)).toStrictEqual([
      { ...stable, weight: 95 },
      { ...stable, name: 'checkout-canary', weight: 5 },
    ]);
  });
});

describe('T5: other backends of the rule', () => {
  const others = [
    to('legacy', 30),
    to('checkout', 20, { namespace: 'other' }),
    to('pool', 10, { kind: 'ServiceImport', group: 'x-k8s.io' }),
  ];

  it('keep their weights, and the two share what stable had', async () => {
    const { api, raise, end } = await claimed([...others, to('checkout', 40)]);
    await raise(5);
    expect(await backendsOf(api)).toStrictEqual([...others, to('checkout', 38), to('checkout-canary', 2)]);
    await raise(100);
    expect(await backendsOf(api)).toStrictEqual([...others, to('checkout', 0), to('checkout-canary', 40)]);
    await end();
    expect(await backendsOf(api)).toStrictEqual([...others, to('checkout', 40)]);
  });

  it('and a share that somebody gave stable meanwhile stays with it', async () => {
    const { api, raise, end } = await claimed([to('legacy', 30), to('checkout', 40)]);
    await raise(50);
    await replaceRules(api, [named([to('legacy', 10), to('checkout', 30), to('checkout-canary', 30)])]);
    await end();
    expect(await backendsOf(api)).toStrictEqual([to('legacy', 10), to('checkout', 60)]);
  });

  it('make a weight impossible that no integers say: nothing is written, and the remedy says what helps', async () => {
    const { api, router, raise } = await claimed([to('legacy', 1), to('checkout', 1)]);
    await expect(raise(5)).rejects.toThrow(RouteRejectedError);
    await expect(raise(5)).rejects.toThrow('Multiply all weights of the rule by the same number');
    expect(await backendsOf(api)).toStrictEqual([to('legacy', 1), to('checkout', 1)]);
    const [finding] = await router.inspect(target, { weights: [5, 25, 100], shapes: [] });
    expect(finding).toMatchObject({ severity: 'refusal', subject: 'HTTPRoute shop/checkout' });
    expect(finding?.message).toContain('share 1 beside other backends: no integers give the canary 5, 25 of 100');
    expect(finding?.remedy).toContain('Multiply all weights of that rule by 20:');
  });

  it('and where they would become larger than the API takes, rounder steps help', async () => {
    const { router } = await claimed([to('legacy', 999_983), to('checkout', 1)]);
    const [finding] = await router.inspect(target, { weights: [5], shapes: [] });
    expect(finding?.remedy).toContain('Choose weights for the steps that are rounder');
  });
});

describe('T4: a rule without its canary', () => {
  it.each<[string, readonly Rule[]]>([
    ['without a weight', [to('checkout')]],
    ['with the weight 1', [to('checkout', 1)]],
    ['with its weight', [to('checkout', 700)]],
  ])('is stable alone, %s as before', async (_what, before) => {
    const { api, raise, end } = await claimed(before);
    await raise(50);
    await end();
    expect(await backendsOf(api)).toStrictEqual(before);
  });

  it('keeps a backend that came meanwhile, and with it the proportion', async () => {
    const { api, raise, end } = await claimed([to('checkout')]);
    await raise(50);
    await replaceRules(api, [named([to('checkout', 50), to('checkout-canary', 50), to('legacy', 100)])]);
    await end();
    expect(await backendsOf(api)).toStrictEqual([to('checkout', 100), to('legacy', 100)]);
  });

  it('has its whole weight where the backend that it shared with went meanwhile', async () => {
    const { api, raise, end } = await claimed([to('legacy', 60), to('checkout', 40)]);
    await raise(50);
    await replaceRules(api, [named([to('checkout', 20), to('checkout-canary', 20)])]);
    await end();
    expect(await backendsOf(api)).toStrictEqual([to('checkout', 100)]);
  });

  it('T3: never gives back a weight that the canary had before the rollout', async () => {
    const { api, end } = await claimed([to('checkout', 50), to('checkout-canary', 50)]);
    await end();
    expect(await backendsOf(api)).toStrictEqual([to('checkout', 100)]);
  });

  it.each([['{'], ['{"main":"everywhere"}'], [null]])('has its whole weight where the memory of it is %s', async (text) => {
    const { api, raise, end } = await claimed([to('checkout')]);
    await raise(50);
    await api.write({
      mergePatch: { apiVersion: 'gateway.networking.k8s.io/v1', resource: 'httproutes', namespace: 'shop', name: 'checkout' },
      patch: { metadata: { annotations: { 'before.sluice.dev/checkout': text } } },
    });
    await end();
    expect(await backendsOf(api)).toStrictEqual([to('checkout', 100)]);
  });
});

describe('a rollout cannot begin', () => {
  it.each<[string, Rule, string]>([
    ['where stable has the weight 0', named([to('checkout', 0), to('legacy', 1)]), 'gives checkout the weight 0'],
    ['where stable has no port', named([{ name: 'checkout' }]), 'leads to checkout without a port'],
    [
      'where sessions stay on a side whatever its weight is',
      { ...named([to('checkout')]), sessionPersistence: { sessionName: 'x' } },
      'has sessionPersistence',
    ],
  ])('%s', async (_what, rule, text) => {
    const api = await clusterWith(route('checkout', [rule]));
    const router = createRouter('gatewayApi', api);
    const claim = { split: splitAt(0, 100), fence: 1, role: 'claim' } as const;
    await expect(router.write(target, claim)).rejects.toThrow(RouteRejectedError);
    await expect(router.write(target, claim)).rejects.toThrow(text);
    expect(await router.inspect(target, { weights: [], shapes: [] })).toMatchObject([{ severity: 'refusal' }]);
  });
});
