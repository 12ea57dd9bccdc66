import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AskOptions, type FakeMesh, startFakeMesh } from './fake-mesh.ts';
import { backends, gateway, httpRoute, service } from './gateway-objects.ts';

const host = 'shop.example.com';
const stable = backends({ checkout: 1 });
const canary = backends({ 'checkout-canary': 1 });
const all = { matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: stable };

describe('the proxy obeys HTTPRoutes', () => {
  let mesh: FakeMesh;
  beforeEach(async () => {
    mesh = await startFakeMesh();
    for (const object of [gateway(), service('checkout'), service('checkout-canary')]) mesh.source.put(object);
  });
  afterEach(() => mesh.close());

  const put = async (...objects: Parameters<FakeMesh['source']['put']>[0][]) => {
    for (const object of objects) mesh.source.put(object);
    await mesh.clock.sleep(100);
  };
  const versionOf = async (request: AskOptions = {}) => (await mesh.ask({ host, ...request })).headers['x-version'];
  const canaryOf100 = async () => {
    const versions: unknown[] = [];
    while (versions.length < 100) versions.push(await versionOf());
    return versions.filter((version) => version === 'v2').length;
  };

  it.each([
    [{ checkout: 75, 'checkout-canary': 25 }, 25],
    [{ checkout: 3, 'checkout-canary': 1 }, 25],
    [{ checkout: 1, 'checkout-canary': 0 }, 0],
  ])('by the proportion of the weights %j', async (weights, expected) => {
    await put(httpRoute([{ backendRefs: backends(weights) }]));
    expect(await canaryOf100()).toBe(expected);
  });

  it('by a weight of 1 where none is written', async () => {
    await put(httpRoute([{ backendRefs: [{ name: 'checkout' }, { name: 'checkout-canary' }] }]));
    expect(await canaryOf100()).toBe(50);
  });

  it.each<[string, unknown, AskOptions, boolean]>([
    ['an exact path', { path: { type: 'Exact', value: '/a' } }, { path: '/a' }, true],
    ['an exact path, longer', { path: { type: 'Exact', value: '/a' } }, { path: '/a/b' }, false],
    ['a prefix', { path: { type: 'PathPrefix', value: '/a' } }, { path: '/a' }, true],
    ['a prefix of elements', { path: { type: 'PathPrefix', value: '/a/' } }, { path: '/a/b' }, true],
    ['a prefix of half an element', { path: { type: 'PathPrefix', value: '/a' } }, { path: '/ab' }, false],
    ['a path by expression', { path: { type: 'RegularExpression', value: '/[a-c]' } }, { path: '/b' }, true],
    ['a header', { headers: [{ name: 'X-User', value: 'ann' }] }, { headers: { 'x-user': 'ann' } }, true],
    ['a header, another value', { headers: [{ name: 'X-User', value: 'ann' }] }, { headers: { 'x-user': 'anna' } }, false],
    [
      'a header by expression',
      { headers: [{ type: 'RegularExpression', name: 'cookie', value: '(.*; )?a=1(;.*)?' }] },
      { headers: { cookie: 'b=2; a=1' } },
      true,
    ],
    ['a parameter', { queryParams: [{ name: 'a', value: '1' }] }, { path: '/?b=2&a=1' }, true],
    ['a parameter, absent', { queryParams: [{ name: 'a', value: '1' }] }, { path: '/?b=2' }, false],
    ['a method', { method: 'POST' }, { method: 'POST' }, true],
    ['another method', { method: 'POST' }, { method: 'PUT' }, false],
    ['both of two', { method: 'POST', headers: [{ name: 'x-user', value: 'ann' }] }, { method: 'POST' }, false],
  ])('matches %s', async (_, match, request, fits) => {
    await put(httpRoute([{ matches: [match], backendRefs: canary }]));
    expect((await mesh.ask({ host, ...request })).status).toBe(fits ? 200 : 404);
  });

  const path = (type: string, value: string) => ({ path: { type, value } });
  const header = (...names: string[]) => ({ headers: names.map((name) => ({ name, value: '1' })) });
  const query = (...names: string[]) => ({ queryParams: names.map((name) => ({ name, value: '1' })) });
  it.each<[string, unknown, unknown]>([
    ['an exact path before a prefix', path('Exact', '/a/b'), path('PathPrefix', '/a/b')],
    ['the longest prefix', path('PathPrefix', '/a/b'), path('PathPrefix', '/a')],
    ['a longer prefix before headers', path('PathPrefix', '/a/b'), { ...path('PathPrefix', '/a'), ...header('x', 'y') }],
    ['a method before headers', { method: 'GET' }, header('x', 'y')],
    ['most headers', header('x', 'y'), header('x')],
    ['headers before parameters', header('x'), query('p', 'q')],
    ['most parameters', query('p', 'q'), query('p')],
  ])('prefers %s, wherever the rules stand', async (_, preferred, other) => {
    const rules = [
      { matches: [other], backendRefs: stable },
      { matches: [preferred], backendRefs: canary },
    ];
    await put(httpRoute(rules));
    const request = { path: '/a/b?p=1&q=1', headers: { x: '1', y: '1' } };
    expect(await versionOf(request)).toBe('v2');
    await put(httpRoute(rules.toReversed()));
    expect(await versionOf(request)).toBe('v2');
  });

  it('takes the oldest route, then the first by name, then the first rule where matches rank alike', async () => {
    await put(httpRoute([{ backendRefs: canary }, all], { name: 'b' }), httpRoute([all], { name: 'c' }));
    expect(await versionOf()).toBe('v2');
    await put(httpRoute([all], { name: 'd', createdAt: '2025-12-31T00:00:00Z' }));
    expect(await versionOf()).toBe('v1');
  });

  it.each([
    ['hosts that it names', 'shop.example.com', { name: 'http', port: 80, protocol: 'HTTP' }, 200],
    ['no host that it does not name', 'other.example.com', { name: 'http', port: 80, protocol: 'HTTP' }, 404],
    ["its listener's host", 'shop.example.com', { name: 'http', port: 80, protocol: 'HTTP', hostname: '*.example.com' }, 200],
    ['no host beside it', 'shop.example.com', { name: 'http', port: 80, protocol: 'HTTP', hostname: 'other.example.com' }, 404],
  ])('takes %s', async (_, asked, listener, status) => {
    await put(gateway(listener), httpRoute([all]));
    expect((await mesh.ask({ host: asked })).status).toBe(status);
  });

  it('takes nothing where its Gateway is not there, or lets in no route of its namespace', async () => {
    await put(httpRoute([all], { parentRefs: [{ name: 'nobody' }] }));
    expect((await mesh.ask({ host })).status).toBe(404);
    await put({ ...gateway(), metadata: { name: 'edge', namespace: 'infra' } });
    await put(httpRoute([all], { parentRefs: [{ name: 'edge', namespace: 'infra' }] }));
    expect((await mesh.ask({ host })).status).toBe(404);
  });

  it('takes calls to the Service that is its parent, by all its names', async () => {
    mesh.source.remove('VirtualService', 'checkout');
    await put(httpRoute([{ backendRefs: canary }], { parentRefs: [{ group: '', kind: 'Service', name: 'checkout', port: 80 }] }));
    for (const name of ['checkout', 'checkout.shop', 'checkout.shop.svc.cluster.local']) expect(await versionOf({ host: name })).toBe('v2');
  });

  it('answers 500 for a backend that is not there, and 503 for one without an endpoint', async () => {
    await put(httpRoute([{ backendRefs: backends({ nobody: 1 }) }]));
    expect((await mesh.ask({ host })).status).toBe(500);
    await put(service('empty'), httpRoute([{ backendRefs: backends({ empty: 1 }) }]));
    expect((await mesh.ask({ host })).status).toBe(503);
  });

  it('changes headers by its filters, of the rule and of the backend', async () => {
    const responseHeaderModifier = (set: string, add: string) => ({
      type: 'ResponseHeaderModifier',
      responseHeaderModifier: { set: [{ name: 'x-set', value: set }], add: [{ name: 'set-cookie', value: add }], remove: ['x-version'] },
    });
    const [backend] = canary;
    const ofBackend = { ...Object(backend), filters: [responseHeaderModifier('of the backend', 'a=1; Path=/')] };
    await put(httpRoute([{ filters: [responseHeaderModifier('of the rule', 'b=2')], backendRefs: [ofBackend] }]));
    const { headers } = await mesh.ask({ host });
    expect([headers['x-version'], headers['x-set'], headers['set-cookie']]).toEqual([undefined, 'of the rule', ['a=1; Path=/', 'b=2']]);
  });

  it.each([
    [{ percent: 25 }, 5],
    [{ fraction: { numerator: 1, denominator: 4 } }, 5],
    [{}, 20],
  ])('copies the share %j of requests', async (share, copies) => {
    const filters = [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'checkout-canary', port: 80 }, ...share } }];
    await put(httpRoute([{ filters, backendRefs: stable }]));
    for (let asked = 0; asked < 20; asked += 1) expect(await versionOf()).toBe('v1');
    await mesh.clock.sleep(1);
    expect(mesh.canary.received()).toEqual({ requests: 0, mirrored: copies });
  });

  it('ends what takes too long', async () => {
    mesh.stable.setBehaviour({ latencyMs: 500 });
    await put(httpRoute([{ ...all, timeouts: { request: '200ms' } }]));
    expect((await mesh.ask({ host })).status).toBe(504);
  });

  it('as they last were readable, and says which it refused', async () => {
    await put(httpRoute([all]));
    await put(httpRoute([{ filters: [{ type: 'RequestRedirect' }], backendRefs: stable }]));
    expect(await versionOf()).toBe('v1');
    expect(mesh.proxy.stats().refused['HTTPRoute shop/shop']).toContain('filters');
  });
});
