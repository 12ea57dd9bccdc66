import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoadResult, startLoad } from '../../../sandbox/traffic/load.ts';
import { endpointSlice, type FakeMesh, splitRule, startFakeMesh } from './fake-mesh.ts';

describe('the load', () => {
  let mesh: FakeMesh;
  beforeEach(async () => {
    mesh = await startFakeMesh({ rules: [splitRule(90, 10)], canary: { errorShare: 0.5 } });
  });
  afterEach(() => mesh.close());

  const start = (requestsPerSecond: number, onResult?: (result: LoadResult) => void) =>
    startLoad({
      clock: mesh.clock,
      url: mesh.proxy.url,
      host: 'checkout',
      requestsPerSecond,
      ...(onResult === undefined ? {} : { onResult }),
    });

  it.each([1, 3, 50, 700])('of %i requests a second keeps to it', async (rate) => {
    const load = start(rate);
    await mesh.clock.sleep(1000 + 500 / rate);
    expect(load.stats().sent).toBe(rate);
    load.stop();
  });

  it('counts by version and by status', async () => {
    const load = start(100);
    await mesh.clock.sleep(1005);
    load.stop();
    expect(load.stats()).toEqual({
      sent: 100,
      answered: 100,
      failed: 5,
      byStatus: { 200: 95, 500: 5 },
      byVersion: { v1: { answered: 90, failed: 0 }, v2: { answered: 10, failed: 5 } },
    });
  });

  it('goes on whether or not earlier requests are back', async () => {
    mesh.stable.setBehaviour({ latencyMs: 5000 });
    mesh.canary.setBehaviour({ latencyMs: 5000 });
    const load = start(10);
    await mesh.clock.sleep(3050);
    expect(load.stats()).toMatchObject({ sent: 30, answered: 0 });
    load.stop();
  });

  it('stops for a time at rate 0, and changes its rate', async () => {
    const load = start(10);
    await mesh.clock.sleep(1050);
    load.setRate(0);
    await mesh.clock.sleep(60_000);
    expect(load.stats().sent).toBe(10);
    load.setRate(100);
    await mesh.clock.sleep(1005);
    expect(load.stats().sent).toBe(110);
    load.stop();
  });

  it('sends nothing any more once it was stopped, and breaks off what is under way', async () => {
    mesh.stable.setBehaviour({ latencyMs: 5000 });
    const results: LoadResult[] = [];
    const load = start(1, (result) => results.push(result));
    await mesh.clock.sleep(1500);
    load.stop();
    load.setRate(5);
    await mesh.clock.sleep(10_000);
    expect(load.stats()).toMatchObject({ sent: 1, answered: 0, failed: 1, byStatus: { 0: 1 } });
    expect(results).toMatchObject([{ status: 0, version: undefined }]);
  });

  it("gives no version the proxy's own 503", async () => {
    mesh.source.put(endpointSlice('checkout', { port: mesh.stable.port, ready: false }));
    await mesh.clock.sleep(100);
    const load = start(10);
    await mesh.clock.sleep(150);
    load.stop();
    expect(load.stats()).toMatchObject({ answered: 1, failed: 1, byStatus: { 503: 1 }, byVersion: {} });
  });
});
