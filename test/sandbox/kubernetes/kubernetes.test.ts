import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../core/errors.ts';
import { deployment, deploymentRef, ref, route, routeRef, service, weightsOf, withCluster } from './cluster-for-tests.ts';

describe('the hand of somebody else', () => {
  it('applies: creates, then merges, and an equal manifest changes nothing', () =>
    withCluster(async ({ cluster }) => {
      cluster.apply(route([100, 0]));
      cluster.patch(routeRef, { metadata: { labels: { team: 'a' } } });
      const merged = cluster.apply(route([50, 50]));
      expect(weightsOf(merged)).toEqual([50, 50]);
      expect(merged.metadata.labels).toEqual({ team: 'a' });
      expect(cluster.apply(route([50, 50]))).toBe(merged);
    }));

  it('patches both ways, finds, lists and deletes', () =>
    withCluster(async ({ cluster }) => {
      cluster.apply(route([100, 0]));
      cluster.patch(routeRef, [{ op: 'replace', path: '/spec/http/0/route/1/weight', value: 3 }]);
      expect(weightsOf(cluster.get(routeRef))).toEqual([100, 3]);
      cluster.patch(routeRef, { metadata: { labels: { team: 'a' } } });
      expect(cluster.list(routeRef, 'team=a')).toHaveLength(1);
      expect(cluster.list(routeRef, 'team!=a')).toEqual([]);
      cluster.delete(routeRef);
      expect(cluster.get(routeRef)).toBeUndefined();
    }));

  it('is told of its mistakes', () =>
    withCluster(async ({ cluster }) => {
      expect(() => cluster.apply(route([-1]))).toThrow(InvalidInputError);
      expect(() => cluster.apply({ ...deployment('x'), kind: 'DaemonSet' })).toThrow(/no kind DaemonSet in apps\/v1/);
      expect(() => cluster.patch(routeRef, {})).toThrow(/"checkout" not found/);
      expect(() => cluster.get(ref('v1', 'secrets', 'x'))).toThrow(/no resource secrets in v1/);
      expect(() => cluster.list(deploymentRef, 'a b')).toThrow(/no label selector/);
    }));

  it('cannot change what it was handed', () =>
    withCluster(async ({ cluster }) => {
      const { spec } = cluster.apply(deployment('checkout')) as unknown as { spec: { replicas: number } };
      expect(() => {
        spec.replicas = 9;
      }).toThrow(TypeError);
    }));
});

describe('onChange', () => {
  it('tells each committed change before the write returns, with what was before', () =>
    withCluster(async ({ cluster }) => {
      const seen: unknown[] = [];
      const end = cluster.onChange((type, object, previous) =>
        seen.push([type, object.metadata.name, weightsOf(object), previous && weightsOf(previous)]),
      );
      cluster.apply(route([100, 0]));
      cluster.apply(route([90, 10]));
      cluster.delete(routeRef);
      end();
      cluster.apply(route([100, 0]));
      expect(seen).toEqual([
        ['ADDED', 'checkout', [100, 0], undefined],
        ['MODIFIED', 'checkout', [90, 10], [100, 0]],
        ['DELETED', 'checkout', [90, 10], undefined],
      ]);
    }));

  it('keeps the order for everyone where a listener writes', () =>
    withCluster(async ({ cluster }) => {
      const first: string[] = [];
      const second: string[] = [];
      cluster.onChange((type, { metadata }) => {
        first.push(`${type} ${metadata.name}`);
        if (metadata.name === 'a') cluster.apply(service('b'));
      });
      cluster.onChange((type, { metadata }) => second.push(`${type} ${metadata.name}`));
      cluster.apply(service('a'));
      expect(first).toEqual(['ADDED a', 'ADDED b']);
      expect(second).toEqual(first);
    }));
});

describe('two runs of the same scenario', () => {
  it('give the same names, uids and versions', async () => {
    const runs: unknown[] = [];
    for (let run = 0; run < 2; run += 1) {
      await withCluster(async ({ cluster, pass }) => {
        cluster.apply(service('checkout'));
        cluster.apply(deployment('checkout', { replicas: 5 }));
        await pass(5000);
        cluster.apply(deployment('checkout', { replicas: 5 }, 'shop:2'));
        await pass(60_000);
        runs.push([cluster.list(ref('v1', 'pods', '')), cluster.get(deploymentRef)]);
      });
    }
    expect(runs[1]).toEqual(runs[0]);
  });
});
