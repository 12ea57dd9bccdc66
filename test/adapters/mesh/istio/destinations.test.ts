import { describe, expect, it } from 'vitest';
import { isService } from '../../../../adapters/mesh/istio/virtual-service.ts';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import type { RouteTarget, WriteRole } from '../../../../core/ports.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { clusterWith, foreignRule, mainRule, type Rule, routeOf, rulesOf, target, to, virtualService } from './virtual-services.ts';

/** A VirtualService of these rules, and the weight written on the rule `main` in one role after another. */
async function afterWrites(rules: readonly Rule[], writes: readonly [WriteRole, number][], of: RouteTarget = target) {
  const api = await clusterWith(virtualService('checkout', rules));
  const router = createRouter('istio', api);
  for (const [role, weight] of writes) await router.write(of, { split: splitAt(weight, of.totalWeight), fence: 1, role });
  return { api, router };
}

describe("the canary's destination", () => {
  it("is made from stable's, with its port, its headers and fields that nobody knows", async () => {
    const { api } = await afterWrites(
      [mainRule],
      [
        ['claim', 0],
        ['owner', 5],
      ],
    );
    const [stable] = mainRule['route'] as readonly [Rule];
    expect(await routeOf(api)).toStrictEqual([
      { ...stable, weight: 95 },
      { ...stable, destination: { host: 'checkout-canary', port: { number: 8080 } }, weight: 5 },
    ]);
  });

  it.each([
    ['checkout', 'checkout-canary'],
    ['checkout.shop', 'checkout-canary.shop'],
    ['checkout.shop.svc', 'checkout-canary.shop.svc'],
    ['checkout.shop.svc.cluster.local', 'checkout-canary.shop.svc.cluster.local'],
    ['checkout.shop.svc.corp.example', 'checkout-canary.shop.svc.corp.example'],
  ])('is named in the form in which stable is: %s, %s', async (stable, canary) => {
    const { api, router } = await afterWrites(
      [{ name: 'main', route: [to(stable)] }],
      [
        ['claim', 0],
        ['owner', 25],
      ],
    );
    expect(await routeOf(api)).toStrictEqual([to(stable, 75), to(canary, 25)]);
    expect(await router.read(target)).toMatchObject([{ split: { stable: 75, canary: 25 } }]);
  });

  it('is named right where the service is called like its namespace', async () => {
    const shop = { ...target, stableService: 'shop', canaryService: 'shop-canary' };
    const { api } = await afterWrites(
      [{ name: 'main', route: [to('shop.shop.svc.cluster.local')] }],
      [
        ['claim', 0],
        ['owner', 1],
      ],
      shop,
    );
    expect(await routeOf(api)).toStrictEqual([to('shop.shop.svc.cluster.local', 99), to('shop-canary.shop.svc.cluster.local', 1)]);
  });

  it('that somebody put there already is used, before or behind stable', async () => {
    const { api } = await afterWrites(
      [{ name: 'main', route: [to('checkout-canary', 0), to('checkout', 100)] }],
      [
        ['claim', 0],
        ['owner', 5],
      ],
    );
    expect(await routeOf(api)).toStrictEqual([to('checkout-canary', 5), to('checkout', 95)]);
  });
});

describe('the weights', () => {
  it.each([1, 5, 25, 50, 99, 100])('are both written out at %i', async (weight) => {
    const { api } = await afterWrites(
      [mainRule],
      [
        ['claim', 0],
        ['owner', weight],
      ],
    );
    expect(await routeOf(api)).toMatchObject([{ weight: 100 - weight }, { weight }]);
  });

  it('are both written out at 0, once the canary is in the route', async () => {
    const { api } = await afterWrites(
      [mainRule],
      [
        ['claim', 0],
        ['owner', 50],
        ['owner', 0],
      ],
    );
    expect(JSON.parse(JSON.stringify(await routeOf(api)))).toMatchObject([{ weight: 100 }, { weight: 0 }]);
  });

  it('that were left out are read as what Istio takes them for, and written out', async () => {
    const { api, router } = await afterWrites([{ name: 'main', route: [to('checkout', 100), to('checkout-canary')] }], []);
    expect(await router.read(target)).toMatchObject([{ split: { stable: 100, canary: 0 } }]);
    await router.write(target, { split: splitAt(0, 100), fence: 1, role: 'claim' });
    expect(await routeOf(api)).toStrictEqual([to('checkout', 100), to('checkout-canary', 0)]);
  });

  it.each([undefined, 1, 100, 7])('of a single destination mean everything, whatever they say: %s', async (weight) => {
    const { router } = await afterWrites([{ name: 'main', route: [to('checkout', weight)] }], []);
    expect(await router.read(target)).toMatchObject([{ split: { stable: 100, canary: 0 } }]);
  });

  it('can be of a total of 1000', async () => {
    const fine: RouteTarget = { ...target, totalWeight: 1000 };
    const { api, router } = await afterWrites(
      [mainRule],
      [
        ['claim', 0],
        ['owner', 1],
      ],
      fine,
    );
    expect(await router.read(fine)).toMatchObject([{ split: { stable: 999, canary: 1 } }]);
    expect(await routeOf(api)).toMatchObject([{ weight: 999 }, { weight: 1 }]);
  });

  it('that were of another total are brought to ours by the claim', async () => {
    const fine: RouteTarget = { ...target, totalWeight: 1000 };
    const { api } = await afterWrites([{ name: 'main', route: [to('checkout', 100), to('checkout-canary', 0)] }], [['claim', 0]], fine);
    expect(await routeOf(api)).toStrictEqual([to('checkout', 1000), to('checkout-canary', 0)]);
  });

  it('that a rollout before left behind are taken away by the claim', async () => {
    const { api } = await afterWrites([{ name: 'main', route: [to('checkout', 50), to('checkout-canary', 50)] }], [['claim', 0]]);
    expect(await routeOf(api)).toStrictEqual([to('checkout', 100), to('checkout-canary', 0)]);
  });
});

describe('T5: what is not ours', () => {
  it('stays deep-equal: other rules, and all of our own rule but its destinations', async () => {
    const { api, router } = await afterWrites(
      [foreignRule, mainRule, { name: 'last', redirect: { uri: '/gone' } }],
      [
        ['claim', 0],
        ['owner', 50],
      ],
    );
    const { route: _, ...restBefore } = mainRule;
    const [first, { route: __, ...rest } = {}, last] = await rulesOf(api);
    expect([first, rest, last]).toStrictEqual([foreignRule, restBefore, { name: 'last', redirect: { uri: '/gone' } }]);
    await router.write(target, { split: splitAt(0, 100), fence: 2, role: 'door' });
    await router.removeCanary(target, 2);
    expect(await rulesOf(api)).toStrictEqual([foreignRule, mainRule, { name: 'last', redirect: { uri: '/gone' } }]);
  });
});

describe('a host', () => {
  it.each([
    ['checkout', true],
    ['checkout.shop', true],
    ['checkout.shop.svc', true],
    ['checkout.shop.svc.cluster.local', true],
    ['checkout.shop.svc-old.example.com', false],
    ['checkout.shop.example.com', false],
    ['checkout.other', false],
    ['checkout.other.svc.cluster.local', false],
    ['checkout-canary', false],
    ['my-checkout', false],
    ['', false],
  ])('%s means the Service checkout in shop: %s', (host, expected) => {
    expect(isService(host, 'checkout', 'shop')).toBe(expected);
  });
});
