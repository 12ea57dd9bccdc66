import { afterEach, describe, expect, it } from 'vitest';
import { startLoad } from '../../../sandbox/traffic/load.ts';
import { startService } from '../../../sandbox/traffic/service.ts';
import { endpointSlice, type FakeMesh, type FakeMeshOptions, splitRule, startFakeMesh, virtualService } from './fake-mesh.ts';

describe('the proxy routes', () => {
  let mesh: FakeMesh;
  const start = async (options: FakeMeshOptions = {}) => {
    mesh = await startFakeMesh(options);
    return mesh;
  };
  afterEach(() => mesh.close());

  /** Versions of so many requests, 10 ms apart. */
  const answersOf = async (count: number) => {
    const versions: (string | undefined)[] = [];
    const { clock, proxy } = mesh;
    const onResult = ({ version }: { version: string | undefined }) => versions.push(version);
    const load = startLoad({ clock, url: proxy.url, host: 'checkout', requestsPerSecond: 100, onResult });
    await clock.sleep(count * 10 + 5);
    load.stop();
    return versions;
  };
  const canaryShare = (versions: readonly unknown[]) => versions.filter((version) => version === 'v2').length;

  it.each([0, 1, 5, 25, 50, 99, 100])('exactly the share of weight %i over 1000 requests, and over each 100 of them', async (weight) => {
    await start({ rules: [splitRule(100 - weight, weight)], seed: 17 });
    const versions = await answersOf(1000);
    expect(versions).toHaveLength(1000);
    const hundreds = Array.from({ length: 10 }, (_, index) => canaryShare(versions.slice(index * 100, index * 100 + 100)));
    expect(hundreds).toEqual(Array.from({ length: 10 }, () => weight));
    expect(mesh.proxy.stats().destinations['checkout-canary']?.started ?? 0).toBe(weight * 10);
  });

  it('by proportion where the total is not 100', async () => {
    await start({ rules: [splitRule(995, 5)] });
    expect(canaryShare(await answersOf(1000))).toBe(5);
  });

  it('a request whose header matches to the rule that says so, and only that one', async () => {
    const preview = { match: [{ headers: { 'x-canary': { exact: 'always' } } }], route: [{ destination: { host: 'checkout-canary' } }] };
    const { ask } = await start({ rules: [preview, splitRule(100, 0)] });
    const matching = await ask({ headers: { 'x-canary': 'always' } });
    const other = await ask({ headers: { 'x-canary': 'no' } });
    expect([matching.headers['x-version'], other.headers['x-version']]).toEqual(['v2', 'v1']);
  });

  it('by the path without its query', async () => {
    const api = { match: [{ uri: { exact: '/api' } }], route: [{ destination: { host: 'checkout-canary' } }] };
    const { ask } = await start({ rules: [api] });
    expect(await ask({ path: '/api?a=/b' })).toMatchObject({ status: 200, headers: { 'x-version': 'v2' } });
    expect(await ask({ path: '/elsewhere' })).toMatchObject({ status: 404 });
    expect(mesh.proxy.stats().unrouted).toBe(1);
  });

  it.each(['checkout', 'checkout.shop', 'checkout.shop.svc.cluster.local', 'checkout.shop.svc.cluster.local:8080'])(
    'a host that is written as %s',
    async (host) => {
      const { ask } = await start({ rules: [splitRule(0, 100)] });
      expect((await ask({ host })).headers['x-version']).toBe('v2');
    },
  );

  it('a host without a VirtualService straight to its Service, and an unknown host nowhere', async () => {
    const { ask } = await start();
    expect((await ask({ host: 'checkout-canary' })).headers['x-version']).toBe('v2');
    expect((await ask({ host: 'nobody' })).status).toBe(404);
  });

  it('in turn over the ready endpoints of a Service', async () => {
    const { source, clock, ask } = await start({ rules: [splitRule(100, 0)] });
    const second = await startService({ clock, version: 'v1-second' });
    source.put(endpointSlice('checkout', { name: 'checkout-b', port: second.port }));
    source.put(endpointSlice('checkout', { name: 'checkout-c', port: 9, ready: false }));
    await clock.sleep(100);
    const versions: unknown[] = [];
    for (let count = 0; count < 4; count += 1) versions.push((await ask()).headers['x-version']);
    expect(versions.toSorted()).toEqual(['v1', 'v1', 'v1-second', 'v1-second']);
    await second.close();
  });

  it('by a change only after the time that it takes to arrive', async () => {
    const { source, clock, ask } = await start({ rules: [splitRule(100, 0)], propagationMs: 100 });
    source.put(virtualService(splitRule(0, 100)));
    await clock.sleep(99);
    const before = await ask();
    await clock.sleep(1);
    const after = await ask();
    expect([before.headers['x-version'], after.headers['x-version']]).toEqual(['v1', 'v2']);
  });

  it('a request in flight at a change to where it was', async () => {
    const { source, clock, ask } = await start({ rules: [splitRule(0, 100)], canary: { latencyMs: 500 } });
    const inFlight = ask();
    await clock.sleep(10);
    source.put(virtualService(splitRule(100, 0)));
    await clock.sleep(200);
    expect((await ask()).headers['x-version']).toBe('v1');
    expect((await inFlight).headers['x-version']).toBe('v2');
  });

  it('anew from the start of its row when weights change, and on in it when something else does', async () => {
    const { source, clock, ask } = await start({ rules: [splitRule(50, 50)], propagationMs: 0 });
    const next = async () => (await ask()).headers['x-version'];
    const change = async (rule: unknown) => {
      source.put(virtualService(rule));
      await clock.sleep(1);
    };
    const first = await next();
    await change({ ...Object(splitRule(50, 50)), timeout: '5s' });
    const second = await next();
    await change(splitRule(60, 40));
    const third = await next();
    expect([first, second, third]).toEqual(['v1', 'v2', 'v1']);
  });

  it('by the last readable version of an object, and says what it refused', async () => {
    const { source, clock, ask, proxy } = await start({ rules: [splitRule(0, 100)] });
    source.put(virtualService(splitRule(0, 0)));
    await clock.sleep(100);
    expect((await ask()).headers['x-version']).toBe('v2');
    expect(proxy.stats().refused['VirtualService shop/checkout']).toContain('total destination weight = 0');
    source.put(virtualService(splitRule(100, 0)));
    await clock.sleep(100);
    expect(proxy.stats().refused).toEqual({});
  });

  it('straight to the Service again once the VirtualService is gone', async () => {
    const { source, clock, ask } = await start({ rules: [splitRule(0, 100)] });
    source.remove('VirtualService', 'checkout');
    await clock.sleep(100);
    expect((await ask()).headers['x-version']).toBe('v1');
  });
});
