import { describe, expect, it } from 'vitest';
import { createIstioRouter } from '../../../../adapters/mesh/istio/router.ts';
import { RouteRejectedError } from '../../../../core/errors.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { clusterWith, foreignRule, mainRule, type Rule, target, to, virtualService } from './virtual-services.ts';

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
    const router = createIstioRouter(await clusterWith(virtualService('checkout', rules)));
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
    ['leads elsewhere too', named, [main(to('checkout', 90), to('legacy', 10))], 'leads to checkout, legacy', 'a rule of its own'],
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
    const router = createIstioRouter(api);
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
    const router = createIstioRouter(await clusterWith());
    const attempt =
      act === 'read'
        ? router.read(named)
        : act === 'claim'
          ? router.write(named, { split: splitAt(0, 100), fence: 1, role: 'claim' })
          : router.removeCanary(named, 1);
    await expect(attempt).rejects.toThrow('There is no VirtualService shop/checkout. Create it, or correct router.routes in the spec.');
  });
});
