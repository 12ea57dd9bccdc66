import { describe, expect, it } from 'vitest';
import { type ClusterForTests, metadataOf, service, withCluster } from './cluster-for-tests.ts';

interface WatchEvent {
  readonly type: string;
  readonly object: Record<string, unknown>;
}

/** Opens a watch on Services. Returns a function that waits for the next so many events. */
async function watch({ cluster }: ClusterForTests, query: string) {
  const answer = await fetch(`${cluster.url}/api/v1/namespaces/shop/services?watch=1${query}`, {
    headers: { authorization: 'Bearer k8s-aws-v1.test' },
  });
  const reader = (answer.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (count: number): Promise<string[]> => {
    while (text.split('\n').length <= count) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
    }
    const lines = text.split('\n');
    text = lines.slice(count).join('\n');
    return lines.slice(0, count).flatMap((line) => {
      if (line === '') return [];
      const { type, object } = JSON.parse(line) as WatchEvent;
      return [type === 'ERROR' ? `ERROR ${object['code']} ${object['reason']}` : `${type} ${metadataOf(object).name}`];
    });
  };
  return { code: answer.status, next };
}

const labelled = (name: string, side: string) => ({ ...service(name), metadata: { name, namespace: 'shop', labels: { side } } });
const named = (name: string) => ({ apiVersion: 'v1', resource: 'services', namespace: 'shop', name });

describe('a watch', () => {
  it('begins with what there is, and tells every change after it', () =>
    withCluster(async (test) => {
      test.cluster.apply(service('a'));
      const { next } = await watch(test, '');
      expect(await next(1)).toEqual(['ADDED a']);
      test.cluster.apply(service('b'));
      test.cluster.patch(named('a'), { metadata: { labels: { team: 'x' } } });
      test.cluster.patch(named('a'), { metadata: { labels: { team: 'x' } } });
      test.cluster.apply({ ...service('c'), metadata: { name: 'c', namespace: 'other' } });
      test.cluster.delete(named('b'));
      expect(await next(3)).toEqual(['ADDED b', 'MODIFIED a', 'DELETED b']);
    }));

  it('goes on from a resourceVersion, missing nothing and repeating nothing', () =>
    withCluster(async (test) => {
      test.cluster.apply(service('a'));
      const { resourceVersion } = test.cluster.apply(service('b')).metadata;
      test.cluster.apply(service('c'));
      test.cluster.delete(named('a'));
      const { next } = await watch(test, `&resourceVersion=${resourceVersion}`);
      expect(await next(2)).toEqual(['ADDED c', 'DELETED a']);
    }));

  it('sees objects come and go as their labels change', () =>
    withCluster(async (test) => {
      test.cluster.apply(labelled('a', 'stable'));
      const { next } = await watch(test, '&labelSelector=side%3Dcanary');
      test.cluster.apply(labelled('a', 'canary'));
      test.cluster.patch(named('a'), { metadata: { labels: { team: 'x' } } });
      test.cluster.apply(labelled('a', 'stable'));
      test.cluster.delete(named('a'));
      test.cluster.apply(labelled('b', 'canary'));
      expect(await next(4)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED b']);
    }));

  it('ends after timeoutSeconds of the clock, and when the API becomes unreachable', () =>
    withCluster(async (test) => {
      test.cluster.apply(service('a'));
      const timed = await watch(test, '&timeoutSeconds=30');
      await test.pass(30_000);
      expect(await timed.next(5)).toEqual(['ADDED a']);
      const broken = await watch(test, '');
      test.cluster.faults.unreachable = true;
      await expect(broken.next(5)).rejects.toThrow();
    }));

  it('is told to list anew where its version is too old, and refused where it is no number', () =>
    withCluster(async (test) => {
      for (let version = 0; version <= 10_001; version += 1) {
        test.cluster.apply({ ...service('a'), metadata: { name: 'a', namespace: 'shop', labels: { version: String(version) } } });
      }
      const { next } = await watch(test, '&resourceVersion=1');
      expect(await next(1)).toEqual(['ERROR 410 Expired']);
      expect((await watch(test, '&resourceVersion=x')).code).toBe(400);
    }));
});
