import { describe, expect, it } from 'vitest';
import { listenOnLoopback } from '../../../../sandbox/traffic/loopback-server.ts';
import { RawApi } from '../api/raw-api.ts';
import { watchPods } from './watch-pods.ts';

const pod = (uid: string, more = {}) => ({
  metadata: { name: uid, namespace: 'shop', uid, ...more },
  spec: { containers: [{ name: 'web', image: 'web:v1' }] },
  status: {},
});

/** An API whose lists are given, one after the other, and whose watches do as they are told. */
async function startApi(lists: readonly unknown[][], watch: (index: number, write: (line: unknown) => void) => 'end' | 'silence') {
  const queries: string[] = [];
  let listed = 0;
  const server = await listenOnLoopback((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://api');
    if (searchParams.get('watch') === null) {
      const items = lists[Math.min(listed, lists.length - 1)];
      listed += 1;
      response.end(JSON.stringify({ metadata: { resourceVersion: String(listed) }, items }));
      return;
    }
    queries.push(request.url ?? '');
    response.writeHead(200);
    response.flushHeaders();
    if (watch(queries.length - 1, (line) => response.write(`${JSON.stringify(line)}\n`)) === 'end') response.end();
  });
  const api = new RawApi({ url: `http://127.0.0.1:${server.port}` });
  const close = async () => {
    api.close();
    await server.close();
  };
  return { api, queries, close };
}

/** What the kubelet hears until it has heard so much. */
async function hear(api: RawApi, count: number, options = {}): Promise<readonly string[]> {
  const heard: string[] = [];
  const enough = new AbortController();
  const tell = (what: string) => {
    heard.push(what);
    if (heard.length >= count) enough.abort();
  };
  const listener = {
    seen: ({ metadata }: { metadata: { uid: string; deletionTimestamp?: string | undefined } }) =>
      tell(metadata.deletionTimestamp === undefined ? metadata.uid : `${metadata.uid} is to end`),
    gone: (uid: string) => tell(`${uid} is gone`),
  };
  await watchPods(api, listener, enough.signal, options);
  return heard.slice(0, count);
}

describe('the watch of pods', () => {
  it('tells what is there, what changes and what goes', async () => {
    const { api, close } = await startApi([[pod('a')]], (_, write) => {
      write({ type: 'ADDED', object: pod('b') });
      write({ type: 'MODIFIED', object: pod('b', { deletionTimestamp: 'now' }) });
      write({ type: 'DELETED', object: pod('b') });
      return 'silence';
    });
    expect(await hear(api, 4)).toEqual(['a', 'b', 'b is to end', 'b is gone']);
    await close();
  });

  it.each(['end', 'silence'] as const)('lists anew after a watch that came to its %s, and learns what it missed', async (how) => {
    const later = [pod('b', { deletionTimestamp: 'now' })];
    const { api, queries, close } = await startApi([[pod('a'), pod('b')], later], () => how);
    expect(await hear(api, 4, { watchSeconds: 0.05 })).toEqual(['a', 'b', 'a is gone', 'b is to end']);
    expect(queries[0]).toBe('/api/v1/pods?watch=true&timeoutSeconds=1&resourceVersion=1');
    await close();
  });

  it('lists anew where the server says that it can go on no longer', async () => {
    const { api, close } = await startApi([[pod('a')], []], (_, write) => {
      write({ type: 'ERROR', object: { code: 410 } });
      return 'silence';
    });
    expect(await hear(api, 2)).toEqual(['a', 'a is gone']);
    await close();
  });
});
