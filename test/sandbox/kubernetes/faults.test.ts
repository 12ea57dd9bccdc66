import { describe, expect, it } from 'vitest';
import { type ClusterForTests, deploymentsPath, route, routeRef, routesPath, weightsOf, withCluster } from './cluster-for-tests.ts';

const path = `${routesPath}/checkout`;
const setWeight = (canary: number) => [
  { op: 'test', path: '/metadata/annotations/sluice.dev~1fence', value: '1' },
  { op: 'replace', path: '/spec/http/0/route/1/weight', value: canary },
];
const raiseFence = [{ op: 'replace', path: '/metadata/annotations/sluice.dev~1fence', value: '2' }];

function withRoute(test: (given: ClusterForTests & { canaryWeight(): unknown }) => Promise<void>): Promise<void> {
  return withCluster(async (given) => {
    given.cluster.apply(route([100, 0]));
    await test({ ...given, canaryWeight: () => weightsOf(given.cluster.get(routeRef))[1] });
  });
}

describe('a fault', () => {
  it.each([
    [500, 'InternalError'],
    [503, 'ServiceUnavailable'],
    [429, 'TooManyRequests'],
  ] as const)('answers %i and does nothing, as often as it is told', (code, reason) =>
    withRoute(async ({ cluster, jsonPatch, canaryWeight }) => {
      cluster.faults.add({ verb: 'patch' }, { kind: 'status', code }, 2);
      expect(await jsonPatch(path, setWeight(5))).toMatchObject({ code, body: { kind: 'Status', reason, code } });
      expect((await jsonPatch(path, setWeight(5))).code).toBe(code);
      expect(canaryWeight()).toBe(0);
      expect((await jsonPatch(path, setWeight(5))).code).toBe(200);
    }),
  );

  it('befalls only the requests that match it', () =>
    withRoute(async ({ cluster, request, jsonPatch, mergePatch }) => {
      cluster.faults.add({ resource: 'virtualservices', patch: 'json', name: 'checkout' }, { kind: 'status', code: 503 });
      expect((await request('GET', path)).code).toBe(200);
      expect((await mergePatch(path, {})).code).toBe(200);
      expect((await jsonPatch(`${routesPath}/basket`, [])).code).toBe(404);
      expect((await jsonPatch(`${deploymentsPath}/checkout`, [])).code).toBe(404);
      expect((await jsonPatch(path, [])).code).toBe(503);
    }));

  it('can be chosen by what is in the request', () =>
    withRoute(async ({ cluster, jsonPatch }) => {
      const raises = (body: unknown) => JSON.stringify(body) === JSON.stringify(raiseFence);
      cluster.faults.add({ where: ({ body }) => raises(body) }, { kind: 'status', code: 500 });
      expect((await jsonPatch(path, setWeight(5))).code).toBe(200);
      expect((await jsonPatch(path, raiseFence)).code).toBe(500);
    }));

  it('lasts until it is cleared, alone or with all others', () =>
    withRoute(async ({ cluster, request }) => {
      const end = cluster.faults.add({ verb: 'get' }, { kind: 'status', code: 503 });
      cluster.faults.add({ verb: 'list' }, { kind: 'status', code: 503 });
      expect((await request('GET', path)).code).toBe(503);
      end();
      expect((await request('GET', path)).code).toBe(200);
      expect((await request('GET', routesPath)).code).toBe(503);
      cluster.faults.clear();
      expect((await request('GET', routesPath)).code).toBe(200);
    }));

  it.each([
    ['hangUpBefore', 0],
    ['hangUpAfter', 5],
  ] as const)('%s leaves the caller without an answer and the weight at %i', (kind, weight) =>
    withRoute(async ({ cluster, jsonPatch, canaryWeight }) => {
      cluster.faults.add({ verb: 'patch' }, { kind }, 1);
      await expect(jsonPatch(path, setWeight(5))).rejects.toThrow();
      expect(canaryWeight()).toBe(weight);
    }),
  );

  it('lostWrite promises a write that never comes, but refuses what cannot be', () =>
    withRoute(async ({ cluster, request, jsonPatch, pass }) => {
      const before = cluster.get(routeRef);
      cluster.faults.add({}, { kind: 'lostWrite' });
      const promised = await jsonPatch(path, setWeight(5));
      expect(promised.code).toBe(200);
      expect(weightsOf(promised.body)).toEqual([100, 5]);
      expect((await jsonPatch(path, [{ op: 'remove', path: '/nothing' }])).code).toBe(422);
      expect((await request('DELETE', path)).code).toBe(200);
      await pass(3_600_000);
      expect(cluster.get(routeRef)).toBe(before);
      expect((await request('POST', routesPath, { ...route([1]), metadata: { name: 'basket' } })).code).toBe(201);
      expect((await request('GET', `${routesPath}/basket`)).code).toBe(404);
    }));

  it('delayedWrite answers at once and writes later', () =>
    withRoute(async ({ cluster, clock, jsonPatch, canaryWeight, pass }) => {
      cluster.faults.add({ verb: 'patch' }, { kind: 'delayedWrite', delayMs: 5000 }, 1);
      const before = clock.now();
      expect(weightsOf((await jsonPatch(path, setWeight(5))).body)).toEqual([100, 5]);
      expect(clock.now()).toBe(before);
      await pass(4999);
      expect(canaryWeight()).toBe(0);
      await pass(1);
      expect(canaryWeight()).toBe(5);
    }));

  it('delayedWrite changes nothing where its test no longer holds when it comes', () =>
    withRoute(async ({ cluster, jsonPatch, canaryWeight, pass }) => {
      cluster.faults.add({ verb: 'patch' }, { kind: 'delayedWrite', delayMs: 5000 }, 1);
      expect((await jsonPatch(path, setWeight(5))).code).toBe(200);
      expect((await jsonPatch(path, raiseFence)).code).toBe(200);
      const fenced = cluster.get(routeRef);
      await pass(60_000);
      expect(canaryWeight()).toBe(0);
      expect(cluster.get(routeRef)).toBe(fenced);
    }));

  it('slow takes virtual time, and goes together with another fault', () =>
    withRoute(async ({ cluster, clock, request, jsonPatch, canaryWeight }) => {
      cluster.faults.add({}, { kind: 'slow', delayMs: 2000 });
      cluster.faults.add({ verb: 'patch' }, { kind: 'hangUpAfter' });
      const before = clock.now();
      expect((await request('GET', path)).code).toBe(200);
      expect(clock.now()).toBe(before + 2000);
      await expect(jsonPatch(path, setWeight(5))).rejects.toThrow();
      expect(clock.now()).toBe(before + 4000);
      expect(canaryWeight()).toBe(5);
    }));

  it('unreachable breaks connections, those under way too, until it ends', () =>
    withRoute(async ({ cluster, clock, request, jsonPatch, canaryWeight, pass }) => {
      cluster.faults.add({ verb: 'patch' }, { kind: 'slow', delayMs: 2000 });
      clock.timer(1000, () => {
        cluster.faults.unreachable = true;
      });
      await expect(jsonPatch(path, setWeight(5))).rejects.toThrow();
      const counts = { ...cluster.requestCounts };
      await expect(request('GET', path)).rejects.toThrow();
      expect(cluster.requestCounts).toEqual(counts);
      await pass(10_000);
      expect(canaryWeight()).toBe(0);
      cluster.faults.unreachable = false;
      expect((await request('GET', path)).code).toBe(200);
    }));

  it('does not touch the hand of somebody else with kubectl', () =>
    withRoute(async ({ cluster, canaryWeight }) => {
      cluster.faults.add({}, { kind: 'lostWrite' });
      cluster.faults.unreachable = true;
      cluster.patch(routeRef, setWeight(5));
      expect(canaryWeight()).toBe(5);
    }));
});
