import { afterEach, describe, expect, it } from 'vitest';
import { startLoad } from '../../../sandbox/traffic/load.ts';
import { ask, endpointSlice, type FakeMesh, type FakeMeshOptions, parseMetrics, startFakeMesh } from './fake-mesh.ts';

const stable = { destination: { host: 'checkout' } };
const canary = { destination: { host: 'checkout-canary' } };

describe('a rule of a VirtualService', () => {
  let mesh: FakeMesh;
  const start = async (rule: unknown, options: FakeMeshOptions = {}) => {
    mesh = await startFakeMesh({ rules: [rule], ...options });
    return mesh;
  };
  afterEach(() => mesh.close());

  const times = async <T>(count: number, act: () => Promise<T>) => {
    const results: T[] = [];
    while (results.length < count) results.push(await act());
    return results;
  };

  describe('that mirrors', () => {
    it.each([
      ['all where no share is written', { mirror: canary.destination }, 20],
      ['by its percentage', { mirror: canary.destination, mirrorPercentage: { value: 25 } }, 5],
      ['none at 0', { mirror: canary.destination, mirrorPercentage: { value: 0 } }, 0],
      [
        'to each of several',
        {
          mirrors: [
            { ...canary, percentage: { value: 10 } },
            { ...canary, percentage: { value: 20 } },
          ],
        },
        6,
      ],
    ])('copies %s, and gives nobody the answers', async (_, mirror, copies) => {
      const { canary: copied } = await start({ route: [stable], ...mirror });
      const answers = await times(20, () => mesh.ask());
      expect(answers.filter(({ headers }) => headers['x-version'] !== 'v1')).toEqual([]);
      await mesh.clock.sleep(1);
      expect(copied.received()).toEqual({ requests: 0, mirrored: copies });
    });

    it('waits for no copy', async () => {
      const { clock } = await start({ route: [stable], mirror: canary.destination }, { canary: { latencyMs: 5000 } });
      const beganMs = clock.now();
      await times(3, () => mesh.ask());
      expect(clock.now()).toBe(beganMs);
    });

    it('passes the body on to both, and marks the host of the copy', async () => {
      const seen: string[] = [];
      const { createServer } = await import('node:http');
      const { text } = await import('node:stream/consumers');
      const echo = createServer((request, response) => {
        void text(request).then((body) => {
          seen.push(`${request.headers.host} ${body.length}`);
          response.end();
        });
      });
      const port = await new Promise<number>((resolve) => echo.listen(0, '127.0.0.1', () => resolve(Number(Object(echo.address()).port))));
      const { source, clock } = await start({ route: [stable], mirror: canary.destination });
      source.put(endpointSlice('checkout-canary', { port }));
      source.put(endpointSlice('checkout', { port }));
      await clock.sleep(100);
      await mesh.ask({ method: 'POST', body: 'x'.repeat(200_000) });
      await clock.sleep(1);
      expect(seen.toSorted()).toEqual(['checkout 200000', 'checkout-shadow 200000']);
      echo.closeAllConnections();
      echo.close();
    });

    it("counts a copy as a request of its destination, as the destination's own proxy would", async () => {
      const { proxy, clock } = await start({ route: [stable], mirror: canary.destination }, { canary: { errorShare: 1 } });
      await mesh.ask();
      await clock.sleep(1);
      expect(proxy.stats().destinations).toMatchObject({
        checkout: { started: 1, failed: 0 },
        'checkout-canary': { started: 1, failed: 1 },
      });
      const { body } = await clock.busy(() => ask(proxy.metricsUrl, { path: '/stats/prometheus' }));
      const counted = parseMetrics(body).filter(({ name }) => name === 'istio_requests_total');
      expect(
        counted.map(({ labels }) => [labels['reporter'], labels['destination_service_name'], labels['response_code']]).toSorted(),
      ).toEqual([
        ['destination', 'checkout-canary', '500'],
        ['source', 'checkout', '200'],
      ]);
    });

    it('does without the copy where nobody can take it', async () => {
      await start({ route: [stable], mirror: { host: 'nobody' } });
      expect((await mesh.ask()).status).toBe(200);
    });
  });

  describe('with subsets', () => {
    const subset = (name: string) => ({ destination: { host: 'both', subset: name } });
    const startSubsets = async () => {
      await start({
        route: [
          { ...subset('stable'), weight: 75 },
          { ...subset('canary'), weight: 25 },
        ],
      });
      for (const [side, { port }] of Object.entries({ stable: mesh.stable, canary: mesh.canary })) {
        mesh.source.put(endpointSlice('both', { port, name: `both-${side}`, pod: side }));
        const metadata = { name: side, namespace: 'shop', labels: { side, version: side === 'canary' ? 'v2' : 'v1' } };
        const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: `web-${side}`, uid: side }];
        const labels = { ...metadata.labels, 'pod-template-hash': 'x' };
        mesh.source.put({ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, labels, ownerReferences } });
      }
      const subsets = ['stable', 'canary'].map((name) => ({ name, labels: { side: name } }));
      const rule = { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata: { name: 'both', namespace: 'shop' } };
      mesh.source.put({ ...rule, spec: { host: 'both', subsets } });
      await mesh.clock.sleep(100);
    };

    it('sends each its share, by the labels of the pods', async () => {
      await startSubsets();
      const versions = await times(20, async () => (await mesh.ask()).headers['x-version']);
      expect(versions.filter((version) => version === 'v2')).toHaveLength(5);
      expect(mesh.proxy.stats().destinations).toMatchObject({ 'both/stable': { started: 15 }, 'both/canary': { started: 5 } });
    });

    it('has one Service in the metrics, and tells workload and version apart', async () => {
      await startSubsets();
      await times(4, () => mesh.ask());
      const { body } = await mesh.clock.busy(() => ask(mesh.proxy.metricsUrl, { path: '/stats/prometheus' }));
      const counted = parseMetrics(body).filter(({ name }) => name === 'istio_requests_total');
      const told = counted.map(({ labels, value }) => [
        labels['destination_service_name'],
        labels['destination_workload'],
        labels['destination_version'],
        value,
      ]);
      expect(told.toSorted()).toEqual([
        ['both', 'web-canary', 'v2', 1],
        ['both', 'web-stable', 'v1', 3],
      ]);
    });

    it('answers 503 for one that no DestinationRule defines', async () => {
      await startSubsets();
      mesh.source.remove('DestinationRule', 'both');
      await mesh.clock.sleep(100);
      expect(await mesh.ask()).toMatchObject({ status: 503, body: 'no such subset' });
    });
  });

  describe('with headers', () => {
    it('adds to, sets and removes those of the answer, of the destination and of the rule', async () => {
      const headers = { response: { set: { 'x-set': 'yes' }, add: { 'set-cookie': 'a=1; Path=/' }, remove: ['content-type'] } };
      await start({ route: [{ ...stable, headers }], headers: { response: { add: { 'set-cookie': 'b=2' } } } });
      const answer = await mesh.ask();
      expect(answer.headers).toMatchObject({ 'x-set': 'yes', 'set-cookie': ['a=1; Path=/', 'b=2'], 'x-version': 'v1' });
      expect(answer.headers['content-type']).toBeUndefined();
    });
  });

  describe('with retries', () => {
    const retrying = (attempts: number, retryOn: string, more: object = {}) => ({
      route: [canary],
      retries: { attempts, retryOn, ...more },
    });

    it.each([
      ['5xx, as often as it may', retrying(2, '5xx'), 500, 3],
      ['the status that it names', retrying(1, '500'), 500, 2],
      ['no other one', retrying(2, '503,connect-failure'), 500, 1],
      ['gateway errors, which 500 is not', retrying(2, 'gateway-error'), 500, 1],
      ['nothing without attempts', retrying(0, '5xx'), 500, 1],
    ])('tries again on %s', async (_, rule, status, tries) => {
      const { canary: failing, proxy } = await start(rule, { canary: { errorShare: 1 } });
      expect((await mesh.ask()).status).toBe(status);
      expect(failing.received().requests).toBe(tries);
      expect(proxy.stats().destinations['checkout-canary']).toMatchObject({ started: 1, failed: 1 });
    });

    it('answers what a later try brought, with the whole body sent again', async () => {
      const { canary: failing } = await start(retrying(1, '5xx'), { canary: { errorShare: 0.5 } });
      const statuses = await times(10, async () => (await mesh.ask({ method: 'POST', body: 'hello' })).status);
      expect(statuses).toEqual(statuses.map(() => 200));
      expect(failing.received().requests).toBeGreaterThan(10);
    });

    it('tries another pod where one does not listen', async () => {
      const { source, clock } = await start(retrying(1, 'connect-failure'));
      source.put(endpointSlice('checkout-canary', { name: 'checkout-canary-b', port: 9 }));
      await clock.sleep(100);
      expect(await times(4, async () => (await mesh.ask()).status)).toEqual([200, 200, 200, 200]);
    });

    it('gives each try its time, and all of them theirs', async () => {
      const rule = { ...retrying(3, '5xx', { perTryTimeout: '1s' }), timeout: '2500ms' };
      const { clock, canary: slow } = await start(rule, { canary: { latencyMs: 10_000 } });
      const beganMs = clock.now();
      expect(await mesh.ask()).toMatchObject({ status: 504, body: 'upstream request timeout' });
      expect(clock.now() - beganMs).toBe(2500);
      expect(slow.received().requests).toBe(3);
    });
  });

  it('with a time-out answers 504 when it is over, and time goes on as before', async () => {
    const { clock, proxy } = await start(
      { route: [canary], timeout: '0.3s' },
      { canary: { latencyMs: 1000, slowShare: 0.5, slowLatencyMs: 100 } },
    );
    const statuses: number[] = [];
    const load = startLoad({
      clock,
      url: proxy.url,
      host: 'checkout',
      requestsPerSecond: 10,
      onResult: ({ status, durationMs }) => statuses.push(status * 1000 + durationMs),
    });
    await clock.sleep(2050);
    load.setRate(0);
    await clock.sleep(5000);
    load.stop();
    expect(statuses.toSorted((a, b) => a - b)).toEqual([...Array(10).fill(200_100), ...Array(10).fill(504_300)]);
  });
});
