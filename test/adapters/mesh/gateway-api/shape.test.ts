import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { RouteRejectedError } from '../../../../core/errors.ts';
import type { RouteTarget } from '../../../../core/ports.ts';
import type { TrafficShape } from '../../../../core/traffic/shape.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import {
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

const beta = { header: { name: 'x-beta', exact: 'yes' } };
const query = { query: { name: 'beta', regex: 'on|yes' } };
const affinity = { cookie: 'side', maxAgeSeconds: 60 };
const plain: Rule = { name: 'main', matches: [prefix('/')], backendRefs: [to('checkout', 1)] };

async function shaped(
  rules: readonly Rule[],
  shape: TrafficShape,
  { of = target, canary = 25, kind = 'HTTPRoute' as 'HTTPRoute' | 'GRPCRoute' } = {},
) {
  const api = await clusterWith(route('checkout', rules, { kind }));
  const router = createRouter('gatewayApi', api);
  await router.write(of, { split: splitAt(0, of.totalWeight), fence: 1, role: 'claim' });
  const step = (weight: number, next: TrafficShape = shape) =>
    router.write(of, { split: splitAt(weight, of.totalWeight), fence: 1, role: 'owner', shape: next });
  const end = async () => {
    await router.write(of, { split: splitAt(0, of.totalWeight), fence: 2, role: 'door' });
    await router.removeCanary(of, 2);
  };
  await step(canary);
  const ref = refTo('checkout', kind === 'GRPCRoute' ? 'grpcroutes' : 'httproutes');
  return { api, router, step, end, rules: () => rulesOf(api, ref) };
}

const names = (rules: readonly Rule[]) => rules.map(({ name }) => name);

describe('rules that are inserted', () => {
  it('stand directly before the steered one, are copies of it, and lead to one side', async () => {
    const { rules } = await shaped([foreignRule, mainRule], { match: [beta], affinity });
    const found = await rules();
    expect(names(found)).toEqual([
      'static',
      'sluice-checkout-match',
      'sluice-checkout-affinity-canary',
      'sluice-checkout-affinity-stable',
      'main',
    ]);
    const [stable] = mainRule['backendRefs'] as Rule[];
    expect(found[1]).toStrictEqual({
      ...mainRule,
      name: 'sluice-checkout-match',
      matches: (mainRule['matches'] as { headers?: Rule[] }[]).map((match) => ({
        ...match,
        headers: [...(match.headers ?? []), { type: 'Exact', name: 'x-beta', value: 'yes' }],
      })),
      backendRefs: [{ ...stable, name: 'checkout-canary', weight: 1 }],
    });
    expect(found.slice(2, 4).map((rule) => rule['backendRefs'])).toStrictEqual([
      [{ ...stable, name: 'checkout-canary', weight: 1 }],
      [{ ...stable, weight: 1 }],
    ]);
  });

  it('match every request that the rule takes where it has no matches', async () => {
    const { rules } = await shaped([{ name: 'main', backendRefs: [to('checkout', 1)] }], { match: [query] });
    expect((await rules())[0]?.['matches']).toStrictEqual([
      prefix('/', { queryParams: [{ type: 'RegularExpression', name: 'beta', value: '^(?:on|yes)$' }] }),
    ]);
  });

  it('keep users of a match of the query on the canary although a cookie, which goes first, keeps them on stable', async () => {
    const { rules } = await shaped([plain], { match: [query], affinity });
    const [match, , stays] = (await rules()) as { matches: { headers?: Rule[] }[] }[];
    const cookie = stays?.matches[0]?.headers?.[0];
    expect(cookie).toMatchObject({ name: 'cookie', value: expect.stringContaining('side=(?:1-stable-25)') });
    expect(match?.matches).toMatchObject([{ queryParams: [{ name: 'beta' }] }, { queryParams: [{ name: 'beta' }], headers: [cookie] }]);
  });

  it('keep nobody on stable once it has no weight', async () => {
    const { rules } = await shaped([plain], { affinity }, { canary: 100 });
    expect(names(await rules())).toEqual(['sluice-checkout-affinity-canary', 'main']);
  });

  it('have names of their own for each of two steered rules of one route', async () => {
    const api = { name: 'api', matches: [prefix('/api')], backendRefs: [to('checkout', 1)] };
    const of: RouteTarget = {
      ...target,
      routes: [
        { httpRoute: 'checkout', rule: 'main' },
        { httpRoute: 'checkout', rule: 'api' },
      ],
    };
    const { rules, end } = await shaped([plain, api], { match: [beta] }, { of });
    expect(names(await rules())).toEqual(['sluice-checkout-match', 'main', 'sluice-checkout-match-2', 'api']);
    await end();
    expect(await rules()).toStrictEqual([plain, api]);
  });

  it('have one match each where the rule replaces the prefix of the path', async () => {
    const filters = [{ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } }];
    const rule = { ...plain, filters };
    const { rules, end } = await shaped([rule], { match: [beta, query] });
    expect(names(await rules())).toEqual(['sluice-checkout-match', 'sluice-checkout-match-1-2', 'main']);
    expect((await rules()).map(({ matches }) => (matches as unknown[]).length)).toEqual([1, 1, 1]);
    await end();
    expect(await rules()).toStrictEqual([rule]);
  });

  it('are put back in their place, and once, where somebody moved, copied or edited them', async () => {
    const { api, step, rules } = await shaped([plain, foreignRule], { match: [beta] });
    const before = await rules();
    const [match, main, foreign] = before as [Rule, Rule, Rule];
    for (const edited of [
      [main, match, foreign],
      [match, main, foreign, { ...match, name: 'sluice-checkout-match-2' }],
      [{ ...match, matches: [prefix('/x')] }, main, foreign],
      [main, foreign],
    ]) {
      await replaceRules(api, edited);
      await step(25);
      expect(await rules()).toStrictEqual(before);
    }
  });

  it.each<[string, Rule[], string]>([
    ['rules', Array.from({ length: 15 }, (_, index) => ({ ...foreignRule, name: `r${index}` })), 'would have 17 rules with 17 matches'],
    [
      'matches',
      [
        { ...foreignRule, matches: Array.from({ length: 64 }, (_, index) => prefix(`/${index}`)) },
        { ...foreignRule, name: 'b', matches: Array.from({ length: 63 }, (_, index) => prefix(`/b${index}`)) },
      ],
      'with 129 matches',
    ],
  ])('are refused where the route has no room for more %s', async (_what, others, text) => {
    const shape = { match: [beta] };
    await expect(shaped([...others, plain], shape)).rejects.toThrow(RouteRejectedError);
    await expect(shaped([...others, plain], shape)).rejects.toThrow(text);
  });
});

describe('what a route cannot be asked', () => {
  const setsCookies = { add: [{ name: 'set-cookie', value: 'a=b' }] };
  const modifier = (responseHeaderModifier: Rule) => [{ type: 'ResponseHeaderModifier', responseHeaderModifier }];
  it.each<[string, Rule, TrafficShape, string]>([
    [
      'another value of a header that it compares',
      mainRule,
      { match: [{ header: { name: 'X-Tenant', exact: 'b' } }] },
      'compares the header X-Tenant itself',
    ],
    [
      'another value of a parameter that it compares',
      mainRule,
      { match: [{ query: { name: 'v', exact: '3' } }] },
      'compares the parameter of the query v itself',
    ],
    [
      'cookies of which its own matches ask something',
      { ...plain, matches: [prefix('/', { headers: [{ type: 'Exact', name: 'Cookie', value: 'a=b' }] })] },
      { affinity },
      'compares the header cookie itself',
    ],
    [
      'a second mirror',
      { ...plain, filters: [{ type: 'RequestMirror', requestMirror: { backendRef: to('audit') } }] },
      { mirrorWeight: 5 },
      'mirrors its requests to somebody else already',
    ],
    [
      'a cookie where the backendRef sets some',
      { ...plain, backendRefs: [to('checkout', 1, { filters: modifier(setsCookies) })] },
      { affinity },
      'sets or removes the header Set-Cookie',
    ],
    [
      'a cookie where the rule takes them away',
      { ...plain, filters: modifier({ remove: ['Set-Cookie'] }) },
      { affinity },
      'sets or removes the header Set-Cookie',
    ],
    ['a cookie of a name that Envoy would not take as it is', plain, { affinity: { ...affinity, cookie: 'a%b' } }, 'Envoy reads the %'],
    [
      'retries',
      plain,
      { resilience: { retries: { attempts: 2, on: ['503'] } } },
      'HTTPRoute shop/checkout, rule main: The standard routes of the Gateway API have no retries',
    ],
  ])('%s', async (_what, rule, shape, text) => {
    await expect(shaped([rule], shape)).rejects.toThrow(RouteRejectedError);
    await expect(shaped([rule], shape)).rejects.toThrow(text);
  });

  it.each<[string, TrafficShape, string]>([
    ['a timeout', { resilience: { timeoutSeconds: 3 } }, 'A GRPCRoute has no timeouts'],
    ['a match of the query', { match: [query] }, 'A GRPCRoute matches no query'],
  ])('where it is a GRPCRoute: %s', async (_what, shape, text) => {
    const of = { ...target, routes: [{ grpcRoute: 'checkout' }] };
    await expect(shaped([{ backendRefs: [to('checkout', 1)] }], shape, { of, kind: 'GRPCRoute' })).rejects.toThrow(text);
  });

  it('but what it asks itself already is no obstacle', async () => {
    const { rules } = await shaped(
      [{ ...mainRule, matches: [prefix('/', { headers: [{ type: 'Exact', name: 'x-beta', value: 'yes' }] })] }],
      { match: [beta] },
    );
    const [match, main] = await rules();
    expect(match?.['matches']).toStrictEqual(main?.['matches']);
  });

  it('a GRPCRoute is steered by header and affinity', async () => {
    const before = [{ matches: [{ method: { type: 'Exact', service: 'shop.Checkout' } }], backendRefs: [to('checkout', 1)] }];
    const of = { ...target, routes: [{ grpcRoute: 'checkout' }] };
    const { rules, end } = await shaped(before, { match: [beta], affinity }, { of, kind: 'GRPCRoute' });
    expect((await rules())[0]).toMatchObject({ matches: [{ method: { service: 'shop.Checkout' }, headers: [{ name: 'x-beta' }] }] });
    await end();
    expect(await rules()).toStrictEqual(before);
  });
});

describe('a mirror', () => {
  it.each([
    [100, { percent: 7 }],
    [1_000, { fraction: { numerator: 7, denominator: 1_000 } }],
  ])('of a total of %i is %j', async (totalWeight, share) => {
    const { rules } = await shaped([plain], { mirrorWeight: 7 }, { of: { ...target, totalWeight }, canary: 0 });
    expect(await rules()).toStrictEqual([
      {
        ...plain,
        filters: [
          {
            type: 'RequestMirror',
            requestMirror: { backendRef: { group: '', kind: 'Service', name: 'checkout-canary', port: 80 }, ...share },
          },
        ],
      },
    ]);
  });
});

describe('timeouts', () => {
  const resilience = { timeoutSeconds: 3 };
  it.each<[string, Rule | undefined, Rule]>([
    ['are new', undefined, { request: '3s' }],
    ['take the place of those that were there', { request: '10s' }, { request: '3s' }],
    ['bring down a longer limit of one try', { request: '10s', backendRequest: '1m' }, { request: '3s', backendRequest: '3s' }],
    ['leave a shorter limit of one try', { backendRequest: '1s500ms' }, { request: '3s', backendRequest: '1s500ms' }],
  ])('%s, and those are given back', async (_what, timeouts, expected) => {
    const before = { ...plain, ...(timeouts === undefined ? {} : { timeouts }) };
    const { rules, end } = await shaped([before], { resilience });
    expect((await rules())[0]?.['timeouts']).toStrictEqual(expected);
    await end();
    expect(await rules()).toStrictEqual([before]);
  });

  it('that somebody set meanwhile are theirs, and are given back after the next step too', async () => {
    const { api, rules, step, end } = await shaped([{ ...plain, timeouts: { request: '10s' } }], { resilience });
    const edit = async (request: string) =>
      replaceRules(
        api,
        (await rules()).map((rule) => ({ ...rule, timeouts: { request } })),
      );
    await edit('20s');
    await step(50);
    expect((await rules())[0]?.['timeouts']).toStrictEqual({ request: '3s' });
    await end();
    expect((await rules())[0]?.['timeouts']).toStrictEqual({ request: '20s' });
  });

  it('of more than a day are written with no more digits than the API takes', async () => {
    const { rules } = await shaped([plain], { resilience: { timeoutSeconds: 200_000 } });
    expect((await rules())[0]?.['timeouts']).toStrictEqual({ request: '55h2000s' });
  });
});

describe('a door where the memory of the route is gone', () => {
  it('still takes away rules, mirror and cookies, by what they are', async () => {
    const { api, rules, end } = await shaped([mainRule], { match: [beta], affinity });
    await api.write({ mergePatch: refTo('checkout'), patch: { metadata: { annotations: { 'before.sluice.dev/checkout': null } } } });
    await end();
    const whole = (mainRule['backendRefs'] as Rule[]).map((ref) => ({ ...ref, weight: 100 }));
    expect(await rules()).toStrictEqual([{ ...mainRule, backendRefs: whole }]);
  });
});
