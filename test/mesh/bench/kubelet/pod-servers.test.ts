import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../localstack/engine/free-port.ts';
import { countVersions, meshRequest } from '../request.ts';
import { openGrpcStream, openTcp, openWebSocket } from '../streams.ts';
import { type PodServers, startPodServers } from './pod-servers.ts';

const address = '127.0.0.1';
const open: PodServers[] = [];
afterEach(async () => {
  for (const servers of open.splice(0)) await servers.drain(0);
});

async function start(portName: string, behaviour = {}) {
  const containerPort = await freePort();
  const ports = [{ name: portName, containerPort }];
  const servers = await startPodServers({
    listenAt: ({ containerPort: port }) => ({ host: address, port }),
    ports,
    version: 'v1',
    pod: 'web-1',
    behaviour,
  });
  open.push(servers);
  return { servers, port: containerPort, url: `http://${address}:${containerPort}` };
}

describe('the servers of a pod', () => {
  it('answer with who they are and what they were asked', async () => {
    const { url } = await start('http');
    const answer = await meshRequest(url, { host: 'web', path: '/a?b=c', headers: { 'x-user': 'u' } });
    expect(answer).toMatchObject({ status: 200, version: 'v1', pod: 'web-1' });
    expect(JSON.parse(answer.body)).toMatchObject({ path: '/a?b=c', headers: { host: 'web', 'x-user': 'u' } });
  });

  it('fail as often as they are told, until they are told otherwise', async () => {
    const { servers, url } = await start('http', { errorShare: 0.25, errorStatus: 503 });
    expect(await countVersions(url, { host: 'web' }, 40)).toEqual({ v1: 30, 503: 10 });
    servers.setBehaviour({});
    expect(await countVersions(url, { host: 'web' }, 40)).toEqual({ v1: 40 });
    servers.setBehaviour({ crashed: true });
    expect(await countVersions(url, { host: 'web' }, 8)).toEqual({ 0: 8 });
  });

  it.each(['web-shadow', 'web-shadow:80'])('know a copy by its host %s', async (host) => {
    const { servers, url } = await start('http');
    await meshRequest(url, { host: 'web' });
    await meshRequest(url, { host });
    expect(servers.received).toEqual({ requests: 1, mirrored: 1 });
  });

  it.each([
    ['a WebSocket', 'http', ({ url }: { url: string }) => openWebSocket(url, { host: 'web' })],
    ['a gRPC stream', 'grpc-web', ({ url }: { url: string }) => openGrpcStream(url, { host: 'web' })],
    ['a TCP connection', 'tcp-web', ({ port }: { port: number }) => openTcp(address, port)],
  ])('send back what comes over %s, until it is drained', async (_, portName, connect) => {
    const started = await start(portName);
    const stream = await connect(started);
    expect(stream.version).toBe('v1');
    expect(await stream.echo('one')).toBe('one');
    expect(await stream.echo('two')).toBe('two');
    const drained = started.servers.drain(60_000);
    expect(await stream.echo('three')).toBe('three');
    stream.close();
    await Promise.all([stream.closed, drained]);
    expect(started.servers.received).toEqual({ requests: 1, mirrored: 0 });
  });

  it('do not wait for a connection that has carried no request', async () => {
    const { servers, port } = await start('http');
    const unused = connect(port, address);
    await once(unused, 'connect');
    await servers.drain(3_600_000);
    unused.destroy();
  });

  it('break off what is open when the grace is over', async () => {
    const { servers, url } = await start('http');
    const stream = await openWebSocket(url, { host: 'web' });
    await servers.drain(0);
    await stream.closed;
    await expect(stream.echo('late')).rejects.toThrow();
  });

  it('fail a gRPC call with UNAVAILABLE', async () => {
    const { url } = await start('grpc', { errorShare: 1 });
    await expect(openGrpcStream(url, { host: 'web' })).rejects.toThrow('gRPC 14');
  });
});
