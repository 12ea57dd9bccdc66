import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { RouteRejectedError } from '../../../../core/errors.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { clusterWith, foreignRule, mainRule, type Rule, replaceRules, routeOf, target, to, virtualService } from './virtual-services.ts';

const named = target;
const unnamed = { ...target, routes: [{ virtualService: 'checkout' }] };
const main = (...route: readonly Rule[]): Rule => ({ name: 'main', route });

describe('the rule of a route', () => {
  it.each([
    ['that the spec names', named, [foreignRule, mainRule]],
    ['that the spec names, beside another that leads to stable', named, [{ ...mainRule, name: 'beta' }, mainRule]],
    ['that alone leads to stable', unnamed, [foreignRule, mainRule]],
    ['that is the only one, without a name', unnamed, [{ route: [to('checkout')] }]],
  ])('%s is found', async (_what, of, rules) => {
    const router = createRouter('istio', await clusterWith(virtualService('checkout', rules)));
    expect(await router.read(of)).toEqual([{ route: of.routes[0], split: splitAt(0, 100), fence: undefined }]);
  });
});

describe('a route that cannot be steered', () => {
  it.each<[string, typeof unnamed | typeof named, readonly Rule[], string, string]>([
    ['has no rule of that name', named, [foreignRule], '0 are named main. Its http routes are: static', 'Name the one to steer'],
    ['has two rules of that name', named, [mainRule, mainRule], '2 are named main', 'Name the one to steer'],
    ['has no rule that leads to stable', unnamed, [foreignRule], '0 lead to checkout', 'as `http:` under router.routes'],
    [
      'has two rules that lead to stable',
      unnamed,
      [mainRule, { route: [to('checkout')] }],
      '2 lead to checkout. Its http routes are: main, (unnamed)',
      'Name the one to steer',
    ],
    ['has no rules at all', unnamed, [], 'Its http routes are: none', 'Name the one to steer'],
    ['delegates', named, [{ name: 'main', delegate: { name: 'other' } }], 'Route main', 'Let the spec name the VirtualService'],
    ['redirects', named, [{ name: 'main', redirect: { uri: '/' } }], 'redirects or answers by itself', 'that holds the destinations'],
    ['leads elsewhere', named, [main(to('legacy'))], 'leads to legacy; expected checkout once', 'a rule of its own'],
    [
      'leads to the canary twice',
      named,
      [main(to('checkout', 90), to('checkout-canary', 5), to('checkout-canary.shop', 5))],
      'checkout-canary at most once beside it',
      'a rule of its own',
    ],
    ['answers by itself', named, [{ name: 'main', directResponse: { status: 503 } }], 'answers by itself', 'that holds the destinations'],
    [
      'leads to stable twice',
      named,
      [main({ destination: { host: 'checkout', subset: 'a' } }, to('checkout.shop', 0))],
      'expected checkout once',
      'a rule of its own',
    ],
    ['leads to the canary alone', named, [main(to('checkout-canary'))], 'expected checkout once', 'a rule of its own'],
    [
      'has weights that are no numbers',
      named,
      [main(to('checkout', 'all' as never))],
      'a shape that Sluice does not know',
      'istioctl analyze',
    ],
  ])('%s', async (_what, of, rules, message, remedy) => {
    const api = await clusterWith(virtualService('checkout', rules));
    const router = createRouter('istio', api);
    for (const attempt of [
      router.read(of),
      router.write(of, { split: splitAt(0, 100), fence: 1, role: 'claim' }),
      router.removeCanary(of, 1),
    ]) {
      const error: unknown = await attempt.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RouteRejectedError);
      expect(error).toMatchObject({ retryable: false, message: expect.stringContaining('checkout') });
      expect((error as RouteRejectedError).message).toContain(message);
      expect((error as RouteRejectedError).remedy).toContain(remedy);
    }
    expect(api.writes.filter((write) => 'jsonPatch' in write)).toEqual([]);
  });

  it.each(['read', 'claim', 'removeCanary'])('does not exist: %s', async (act) => {
    const router = createRouter('istio', await clusterWith());
    const attempt =
      act === 'read'
        ? router.read(named)
        : act === 'claim'
          ? router.write(named, { split: splitAt(0, 100), fence: 1, role: 'claim' })
          : router.removeCanary(named, 1);
    await expect(attempt).rejects.toThrow('There is no VirtualService shop/checkout. Create it, or correct router.routes in the spec.');
  });
});

describe('a destination that names a subset of stable', () => {
  const subset = { host: 'checkout', subset: 'v1' };
  const withSubset = [foreignRule, main({ destination: subset })];
  const claim = { split: splitAt(0, 100), fence: 1, role: 'claim' } as const;

  it('is refused before a rollout begins, and nothing is written', async () => {
    const api = await clusterWith(virtualService('checkout', withSubset));
    const router = createRouter('istio', api);
    const error: unknown = await router.write(named, claim).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RouteRejectedError);
    expect((error as RouteRejectedError).message).toContain('leads to the subset v1 of checkout');
    expect((error as RouteRejectedError).remedy).toContain('Take subset out of its destination');
    expect(api.writes.filter((write) => 'jsonPatch' in write)).toEqual([]);
  });

  it('is nothing to Sluice in a rule of somebody else', async () => {
    const router = createRouter('istio', await clusterWith(virtualService('checkout', [{ ...withSubset[1], name: 'beta' }, mainRule])));
    await expect(router.write(named, claim)).resolves.toHaveLength(1);
  });

  it.each([
    ['before the first weight', 0],
    ['with the canary in the route', 25],
  ])('keeps nobody from rolling back where it was added during the rollout, %s', async (_what, weight) => {
    const api = await clusterWith(virtualService('checkout', [mainRule]));
    const router = createRouter('istio', api);
    await router.write(named, claim);
    await router.write(named, { split: splitAt(weight, 100), fence: 1, role: 'owner' });
    const others = weight === 0 ? [] : [to('checkout-canary', weight)];
    await replaceRules(api, 'checkout', [main({ destination: subset, weight: 100 - weight }, ...others)]);
    expect(await router.read(named)).toMatchObject([{ split: splitAt(weight, 100), fence: 1 }]);
    expect(await router.write(named, { split: splitAt(0, 100), fence: 2, role: 'door' })).toMatchObject([
      { split: splitAt(0, 100), fence: 2 },
    ]);
    await router.removeCanary(named, 2);
    expect(await routeOf(api)).toMatchObject([{ destination: subset }]);
  });

  it("is not copied to the canary's, whose host has no such subset", async () => {
    const api = await clusterWith(virtualService('checkout', [mainRule]));
    const router = createRouter('istio', api);
    await router.write(named, claim);
    await replaceRules(api, 'checkout', [main({ destination: subset })]);
    await router.write(named, { split: splitAt(25, 100), fence: 1, role: 'owner' });
    expect(await routeOf(api)).toStrictEqual([{ destination: subset, weight: 75 }, to('checkout-canary', 25)]);
  });
});
