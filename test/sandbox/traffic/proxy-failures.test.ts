import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import type { FinishedRequest, StartedRequest } from '../../../sandbox/traffic/proxy-stats.ts';
import { ask, endpointSlice, type FakeMesh, type FakeMeshOptions, parseMetrics, splitRule, startFakeMesh } from './fake-mesh.ts';

describe('the proxy measures', () => {
  let mesh: FakeMesh;
  const start = async (options: FakeMeshOptions = {}) => {
    mesh = await startFakeMesh({ rules: [splitRule(0, 100)], ...options });
    return mesh;
  };
  afterEach(() => mesh.close());

  const samples = async () => parseMetrics((await mesh.clock.busy(() => ask(mesh.proxy.metricsUrl, { path: '/stats/prometheus' }))).body);
  const requestSeries = async () => (await samples()).filter(({ name }) => name === 'istio_requests_total');

  it('a destination without a ready endpoint: 503 of its own, without a workload', async () => {
    const { source, clock, canary } = await start();
    source.put(endpointSlice('checkout-canary', { port: canary.port, ready: false }));
    await clock.sleep(100);
    const answer = await mesh.ask();
    expect(answer).toMatchObject({ status: 503, headers: { 'x-no-upstream': 'checkout-canary' } });
    const [only, ...others] = await requestSeries();
    expect(others).toEqual([]);
    expect(only).toEqual({
      name: 'istio_requests_total',
      labels: {
        reporter: 'source',
        request_protocol: 'http',
        destination_service: 'checkout-canary.shop.svc.cluster.local',
        destination_service_name: 'checkout-canary',
        destination_service_namespace: 'shop',
        response_code: '503',
        response_flags: 'UH',
      },
      value: 1,
    });
  });

  it('a destination that nobody knows in the same way', async () => {
    const { source, clock } = await start();
    source.remove('EndpointSlice', 'checkout-canary-a');
    await clock.sleep(100);
    expect((await mesh.ask()).headers['x-no-upstream']).toBe('checkout-canary');
  });

  it('a connection that is refused as UF, and one that breaks as UC, with the workload', async () => {
    const { canary } = await start();
    canary.setBehaviour({ crashed: true });
    const broken = await mesh.ask();
    await canary.close();
    const refused = await mesh.ask();
    expect([broken.status, refused.status]).toEqual([503, 503]);
    expect(broken.headers['x-no-upstream']).toBeUndefined();
    const seen = (await requestSeries()).map(({ labels }) => [labels['response_flags'], labels['destination_workload']]);
    expect(seen).toEqual([
      ['UC', 'checkout-canary'],
      ['UF', 'checkout-canary'],
    ]);
  });

  it('a request without a route as NR', async () => {
    await start({ rules: [] });
    await mesh.ask();
    expect((await requestSeries())[0]?.labels).toMatchObject({
      destination_service_name: 'unknown',
      response_code: '404',
      response_flags: 'NR',
    });
  });

  it("the workload as the Deployment that owns the endpoint's pod", async () => {
    const { source, clock, canary } = await start();
    source.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'web-canary-6d4f-x7',
        namespace: 'shop',
        labels: { 'pod-template-hash': '6d4f' },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-canary-6d4f', controller: true }],
      },
    });
    source.put(endpointSlice('checkout-canary', { port: canary.port, pod: 'web-canary-6d4f-x7' }));
    await clock.sleep(100);
    await mesh.ask();
    expect((await requestSeries())[0]?.labels['destination_workload']).toBe('web-canary');
  });

  it('latency on the clock, in buckets that cumulate', async () => {
    const { canary } = await start({ canary: { latencyMs: 5 } });
    await mesh.ask();
    canary.setBehaviour({ latencyMs: 80 });
    await mesh.ask();
    const histogram = (await samples()).filter(({ name }) => name.startsWith('istio_request_duration_milliseconds'));
    const buckets = histogram.filter(({ name }) => name.endsWith('_bucket')).map(({ labels, value }) => [labels['le'], value]);
    expect(buckets.slice(0, 8)).toEqual([
      ['0.5', 0],
      ['1', 0],
      ['5', 1],
      ['10', 1],
      ['25', 1],
      ['50', 1],
      ['100', 2],
      ['250', 2],
    ]);
    expect(buckets.at(-1)).toEqual(['+Inf', 2]);
    expect(histogram.find(({ name }) => name.endsWith('_sum'))?.value).toBe(85);
    expect(histogram.find(({ name }) => name.endsWith('_count'))?.value).toBe(2);
  });

  it('each request for its observers and its statistics', async () => {
    const started: StartedRequest[] = [];
    const finished: FinishedRequest[] = [];
    const { clock, proxy, canary } = await start({
      canary: { latencyMs: 40 },
      onStart: (request) => started.push(request),
      onRequest: (request) => finished.push(request),
    });
    const firstMs = clock.now();
    await mesh.ask();
    canary.setBehaviour({ errorShare: 1 });
    const unobserve = proxy.observe({ onStart: (request) => started.push(request) });
    await mesh.ask();
    unobserve();
    await mesh.ask();
    const destination = 'checkout-canary';
    const laterMs = firstMs + 40;
    expect(started).toEqual([firstMs, laterMs, laterMs, laterMs].map((atMs) => ({ atMs, destination })));
    expect(finished).toEqual([
      { atMs: laterMs, destination, status: 200, durationMs: 40 },
      { atMs: laterMs, destination, status: 500, durationMs: 0 },
      { atMs: laterMs, destination, status: 500, durationMs: 0 },
    ]);
    expect(proxy.stats()).toEqual({
      destinations: { [destination]: { started: 3, succeeded: 1, failed: 2, lastStartedAtMs: laterMs } },
      unrouted: 0,
      refused: {},
    });
  });

  it('a client that goes away as DC', async () => {
    const { clock, proxy } = await start({ canary: { latencyMs: 1000 } });
    const gone = clock.busy(() => ask(proxy.url, { host: 'checkout' })).catch(() => 'broken off');
    await clock.sleep(10);
    await proxy.close();
    expect(await gone).toBe('broken off');
    expect(proxy.stats().destinations['checkout-canary']).toMatchObject({ started: 1, succeeded: 0, failed: 1 });
  });

  it('nothing of a body, which it passes on as it is', async () => {
    const echo = createServer((request, response) => {
      void text(request).then((body) => response.setHeader('x-method', request.method ?? '').end(body));
    });
    const port = await new Promise<number>((resolve) => {
      echo.listen(0, '127.0.0.1', () => resolve(Number(Object(echo.address()).port)));
    });
    const { source, clock } = await start();
    source.put(endpointSlice('checkout-canary', { port }));
    await clock.sleep(100);
    const answer = await mesh.ask({ method: 'POST', body: 'grüße '.repeat(10_000), headers: { 'transfer-encoding': 'chunked' } });
    expect(answer).toMatchObject({ status: 200, headers: { 'x-method': 'POST' } });
    expect(answer.body).toBe('grüße '.repeat(10_000));
    echo.closeAllConnections();
    echo.close();
  });
});
