import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoopbackServer, listenOnLoopback } from '../../../sandbox/traffic/loopback-server.ts';
import { type ApiRelay, startApiRelay } from './api-relay.ts';

describe('a relay to an API server', () => {
  let asked: string[];
  let server: LoopbackServer;
  let relay: ApiRelay;
  beforeEach(async () => {
    asked = [];
    server = await listenOnLoopback((request, response) => {
      asked.push(String(request.url));
      response.end(`answer to ${request.url}`);
    });
    const endpoint = `http://127.0.0.1:${server.port}`;
    relay = await startApiRelay({ clusterEndpoint: { name: 'cluster', endpoint, certificateAuthority: '' } });
  });
  afterEach(async () => {
    await relay.close();
    await server.close();
  });
  const ask = async (path: string) => (await fetch(`${relay.clusterEndpoint.endpoint}${path}`)).text();

  it('lets requests and answers through', async () => {
    expect(await Promise.all([ask('/a'), ask('/b')])).toEqual(['answer to /a', 'answer to /b']);
  });

  it('makes them late', async () => {
    relay.delay(20);
    const startedMs = performance.now();
    expect(await ask('/a')).toBe('answer to /a');
    expect(performance.now() - startedMs).toBeGreaterThan(35);
  });

  it('holds everything back during a partition, and lets it through when that is over', async () => {
    await ask('/before');
    relay.partition();
    const answer = ask('/during');
    await fetch(`http://127.0.0.1:${server.port}/direct`);
    expect(asked).toEqual(['/before', '/direct']);
    relay.heal();
    expect(await answer).toBe('answer to /during');
  });

  it('breaks off what is under way', async () => {
    relay.partition();
    const answer = ask('/a');
    await fetch(`http://127.0.0.1:${server.port}/direct`);
    relay.reset();
    await expect(answer).rejects.toThrow();
    relay.heal();
    expect(await ask('/b')).toBe('answer to /b');
  });
});
