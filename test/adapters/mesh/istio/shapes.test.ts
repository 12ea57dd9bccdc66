import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../../adapters/mesh/registry.ts';
import { RouteRejectedError } from '../../../../core/errors.ts';
import type { RouteTarget, SplitWrite } from '../../../../core/ports.ts';
import type { TrafficShape } from '../../../../core/traffic/shape.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { comparingBytes, overtaken } from '../../../fakes/unreliable-kubernetes.ts';
import { beta, door, edit, main, resilient, step, stepped, sticky } from './shapes-for-tests.ts';
import { foreignRule, type Rule, refTo, replaceRules, rulesOf, target, to } from './virtual-services.ts';

describe('the rules that a shape inserts', () => {
  it('stand directly before the steered one, as copies of it with one destination and a narrower match', async () => {
    const rule: Rule = { ...main, match: [{ uri: { prefix: '/a' } }, { uri: { prefix: '/b' } }], rewrite: { uri: '/' }, futureField: [1] };
    const { api } = await stepped([foreignRule, rule], step(10, { ...beta, ...sticky }));
    const cookie = (value: string) => ({ cookie: { regex: `(?:.*;\\s*)?side=(?:${value})(?:\\s*;.*)?` } });
    const copy = (name: string, headers: Rule, host: string) => ({
      ...rule,
      name: `sluice-checkout-${name}`,
      match: [
        { uri: { prefix: '/a' }, headers },
        { uri: { prefix: '/b' }, headers },
      ],
      route: [to(host)],
    });
    const handing = (value: string) => ({
      headers: { response: { add: { 'set-cookie': `side=${value}; Path=/; Max-Age=60; HttpOnly` } } },
    });
    expect(await rulesOf(api)).toStrictEqual([
      foreignRule,
      copy('match', { 'x-beta': { exact: 'yes' } }, 'checkout-canary'),
      copy('affinity-canary', cookie('1-canary'), 'checkout-canary'),
      copy('affinity-stable', cookie('1-stable-10'), 'checkout'),
      { ...rule, route: [to('checkout', 90, handing('1-stable-10')), to('checkout-canary', 10, handing('1-canary'))] },
    ]);
  });

  it.each<[string, number, readonly string[]]>([
    ['keep nobody on a canary without weight', 0, ['sluice-checkout-match', 'main']],
    ['keep nobody on stable without weight', 100, ['sluice-checkout-match', 'sluice-checkout-affinity-canary', 'main']],
  ])('%s', async (_what, weight, names) => {
    const { api } = await stepped([main], step(weight, { ...beta, ...sticky }));
    expect((await rulesOf(api)).map(({ name }) => name)).toEqual(names);
  });

  it('are found and taken away wherever somebody moved them', async () => {
    const { api, router } = await stepped([foreignRule, main], step(10, { ...beta, ...sticky }));
    await replaceRules(api, 'checkout', (await rulesOf(api)).toReversed());
    await router.write(target, door);
    expect((await rulesOf(api)).map(({ name }) => name)).toEqual(['main', 'static']);
  });

  it('are put in order again where somebody inserted a rule among them', async () => {
    const { api, router } = await stepped([main], step(10, beta));
    await edit(api, '1', foreignRule);
    await router.write(target, step(10, beta));
    expect((await rulesOf(api)).map(({ name }) => name)).toEqual(['static', 'sluice-checkout-match', 'main']);
  });

  it('take over what somebody changes in the steered rule, at the next write', async () => {
    const { api, router } = await stepped([main], step(10, beta));
    await edit(api, '1/fault', { abort: { httpStatus: 418 } });
    await router.write(target, step(20, beta));
    expect(await rulesOf(api)).toMatchObject([{ fault: { abort: { httpStatus: 418 } } }, { fault: { abort: { httpStatus: 418 } } }]);
  });

  it('belong to each of several steered rules of one object', async () => {
    const two: RouteTarget = {
      ...target,
      routes: [
        { virtualService: 'checkout', http: 'main' },
        { virtualService: 'checkout', http: 'admin' },
      ],
    };
    const rules = [{ ...main, name: 'admin', match: [{ uri: { prefix: '/admin' } }] }, foreignRule, main];
    const { api, router } = await stepped(rules, step(10, beta), two);
    const names = async () => (await rulesOf(api)).map(({ name }) => name);
    expect(await names()).toEqual(['sluice-checkout-match', 'admin', 'static', 'sluice-checkout-match', 'main']);
    const before = await api.read(refTo('checkout'));
    await router.write(two, step(10, beta));
    expect(await api.read(refTo('checkout'))).toEqual(before);
    await router.write(two, door);
    await router.removeCanary(two, 2);
    expect(await rulesOf(api)).toStrictEqual(rules);
  });

  it('of two rollouts that share a rule stand beside each other', async () => {
    const cart: RouteTarget = { ...target, rollout: 'cart', stableService: 'cart', canaryService: 'cart-canary' };
    const rule = { name: 'main', route: [to('checkout', 100), to('cart', 100)] };
    const { api, router } = await stepped([foreignRule, rule], step(10, { ...beta, ...sticky }));
    await router.write(cart, { split: splitAt(0, 100), fence: 1, role: 'claim' });
    await router.write(cart, step(20, beta));
    const before = await api.read(refTo('checkout'));
    await router.write(target, step(10, { ...beta, ...sticky }));
    await router.write(cart, step(20, beta));
    expect(await api.read(refTo('checkout'))).toEqual(before);
    expect([await router.read(target), await router.read(cart)]).toMatchObject([[{ split: { canary: 10 } }], [{ split: { canary: 20 } }]]);
    for (const of of [target, cart]) {
      await router.write(of, door);
      await router.removeCanary(of, 2);
    }
    expect(await rulesOf(api)).toStrictEqual([foreignRule, rule]);
  });

  it('are not mistaken for a second rule that leads to stable', async () => {
    const unnamed: RouteTarget = { ...target, routes: [{ virtualService: 'checkout' }] };
    const { api, router } = await stepped([{ route: [to('checkout')] }], step(10, sticky), unnamed);
    expect(await router.read(unnamed)).toMatchObject([{ split: { canary: 10 } }]);
    await router.write(unnamed, door);
    await router.removeCanary(unnamed, 2);
    expect(await rulesOf(api)).toStrictEqual([{ route: [to('checkout')] }]);
  });

  it('are written, and taken away, where the text of the rule is none that a test could compare', async () => {
    const rule = { ...main, match: [{ uri: { regex: '/(?<id>a&b)' } }] };
    const { api } = await stepped([rule], step(10, { ...beta, ...sticky, ...resilient }));
    const router = createRouter('istio', comparingBytes(api));
    await router.write(target, step(20, { ...beta, ...sticky, ...resilient }));
    await router.write(target, door);
    await router.removeCanary(target, 2);
    expect(await rulesOf(api)).toStrictEqual([rule]);
  });

  it('are computed anew where somebody changes the rule that they are copies of', async () => {
    const { api } = await stepped([main], step(10, {}));
    const racing = overtaken(api, () => edit(api, '0/rewrite', { uri: '/v2' }));
    await createRouter('istio', racing).write(target, step(10, beta));
    expect(racing.results).toEqual(['conflict', 'written']);
    expect(await rulesOf(api)).toMatchObject([{ name: 'sluice-checkout-match', rewrite: { uri: '/v2' } }, { name: 'main' }]);
  });
});

describe('T2: a rule that somebody made unsteerable during the rollout', () => {
  it('is left by all that a door can take away', async () => {
    const { api, router } = await stepped([main], step(10, { ...beta, ...sticky, mirrorWeight: 10 }));
    const rules = (await rulesOf(api)).map((rule) => (rule['name'] === 'main' ? { ...rule, name: 'renamed' } : rule));
    await replaceRules(api, 'checkout', rules);
    await expect(router.write(target, door)).rejects.toThrow(RouteRejectedError);
    expect(await rulesOf(api)).toStrictEqual([{ name: 'renamed', route: [to('checkout', 100), to('checkout-canary', 0)] }]);
  });

  it("has at least the rollout's own rules taken out where nobody knows its shape", async () => {
    const { api, router } = await stepped([main], step(10, beta));
    const [inserted] = await rulesOf(api);
    await replaceRules(api, 'checkout', [inserted ?? {}, { name: 'main', route: 'everywhere' }]);
    await expect(router.write(target, door)).rejects.toThrow('a shape that Sluice does not know');
    expect(await rulesOf(api)).toStrictEqual([{ name: 'main', route: 'everywhere' }]);
  });
});

describe('a shape that a rule cannot have', () => {
  const header = (name: string) => ({ match: [{ uri: { prefix: '/' }, headers: { [name]: { exact: 'no' } } }] });
  const responding = (operation: Rule) => ({ headers: { response: operation } });
  it.each<[string, Rule, TrafficShape, string]>([
    ['asks the same header itself', { ...main, ...header('x-beta') }, beta, 'matches the header x-beta itself'],
    ['asks for a cookie itself', { ...main, ...header('cookie') }, sticky, 'matches the header cookie itself'],
    [
      'asks for the same parameter itself',
      { ...main, match: [{ queryParams: { v: { exact: '1' } } }] },
      { match: [{ query: { name: 'v', exact: '2' } }] },
      'matches the parameter v itself',
    ],
    ['mirrors by the older field', { ...main, mirror: { host: 'shadow' } }, { mirrorWeight: 1 }, 'a mirror of its own'],
    ['sets cookies', { ...main, ...responding({ set: { 'Set-Cookie': 'a=1' } }) }, sticky, 'Set-Cookie of answers itself'],
    ['removes cookies', { ...main, ...responding({ remove: ['set-cookie'] }) }, sticky, 'Set-Cookie of answers itself'],
    [
      'adds a cookie in a destination',
      { ...main, route: [to('checkout', undefined, responding({ add: { 'set-cookie': 'a=1' } }))] },
      sticky,
      'Set-Cookie of answers itself',
    ],
  ])('since it %s is refused, and nothing is written', async (_what, rule, shape, message) => {
    const { api, router } = await stepped([rule], step(0, {}));
    const attempt = router.write(target, step(10, shape));
    await expect(attempt).rejects.toThrow(RouteRejectedError);
    await expect(attempt).rejects.toThrow('http route main of VirtualService shop/checkout');
    await expect(attempt).rejects.toThrow(message);
    expect(await rulesOf(api)).toStrictEqual([rule]);
  });

  it('is none where the rule asks the same thing', async () => {
    const rule = { ...main, match: [{ headers: { 'X-Beta': { exact: 'yes' } } }] };
    const { api } = await stepped([rule], step(10, beta));
    expect(await rulesOf(api)).toMatchObject([{ match: rule.match, route: [to('checkout-canary')] }, { name: 'main' }]);
  });
});

describe('a mirror', () => {
  const shadow = { destination: { host: 'shadow' }, percentage: { value: 5 } };
  it.each<[string, Rule, readonly unknown[]]>([
    ['alone', main, []],
    ['behind those of others', { ...main, mirrors: [shadow] }, [shadow]],
    ['where the list is empty', { ...main, mirrors: [] }, []],
  ])('stands %s, and only in the steered rule; a door gives back what was there', async (_what, rule, others) => {
    const { api, router } = await stepped([rule], step(0, { mirrorWeight: 20 }));
    const ours = { destination: { host: 'checkout-canary' }, percentage: { value: 20 } };
    expect(await rulesOf(api)).toStrictEqual([{ ...rule, mirrors: [...others, ours] }]);
    await router.write(target, door);
    expect(await rulesOf(api)).toStrictEqual([rule]);
  });

  it('is a share of the total weight', async () => {
    const fine = { ...target, totalWeight: 1000 };
    const write: SplitWrite = { split: splitAt(0, 1000), fence: 1, role: 'owner', shape: { mirrorWeight: 5 } };
    const { api } = await stepped([main], write, fine);
    expect(await rulesOf(api)).toMatchObject([{ mirrors: [{ percentage: { value: 0.5 } }] }]);
  });

  it('T5: of somebody else that came during the rollout stays', async () => {
    const { api, router } = await stepped([main], step(0, { mirrorWeight: 20 }));
    await edit(api, '0/mirrors/0', shadow);
    await router.write(target, step(0, { mirrorWeight: 30 }));
    await router.write(target, door);
    await router.removeCanary(target, 2);
    expect(await rulesOf(api)).toStrictEqual([{ ...main, mirrors: [shadow] }]);
  });
});

describe('the affinity cookie', () => {
  it('has a name in which Envoy reads no variable', async () => {
    const { api } = await stepped([main], step(10, { affinity: { cookie: 'a%b', maxAgeSeconds: 60 } }));
    expect(await rulesOf(api)).toMatchObject([
      { match: [{ headers: { cookie: { regex: expect.stringContaining('a%b=') } } }] },
      {},
      { route: [{ headers: { response: { add: { 'set-cookie': expect.stringMatching(/^a%%b=1-stable-10;/) } } } }, {}] },
    ]);
  });

  it.each<[string, Rule]>([
    ['an empty list of headers', { headers: {} }],
    ['an empty list of what is added', { headers: { response: { add: {} } } }],
    ['headers of its own', { headers: { request: { set: { a: '1' } }, response: { add: { b: '2' }, remove: ['c'] } } }],
  ])('leaves %s as it was', async (_what, headers) => {
    const rule = { ...main, route: [to('checkout', undefined, headers)] };
    const { api, router } = await stepped([rule], step(10, sticky));
    await router.write(target, door);
    await router.removeCanary(target, 2);
    expect(await rulesOf(api)).toStrictEqual([rule]);
  });

  it('leaves what somebody else adds to answers meanwhile', async () => {
    const { api, router } = await stepped([main], step(10, sticky));
    const at = (await rulesOf(api)).length - 1;
    await edit(api, `${at}/route/0/headers/response/add/x-new`, '1');
    await router.write(target, door);
    await router.removeCanary(target, 2);
    expect(await rulesOf(api)).toStrictEqual([
      { ...main, route: [to('checkout', undefined, { headers: { response: { add: { 'x-new': '1' } } } })] },
    ]);
  });
});
