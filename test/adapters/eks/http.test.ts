import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createTransport, type TransportRequest } from '../../../adapters/eks/http.ts';
import { authority, otherAuthority, serverCertificate, serverKey } from './certificates.ts';

const running: Server[] = [];

afterEach(async () => {
  await Promise.all(
    running.splice(0).map((server) => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      return closed;
    }),
  );
});

async function listen(server: Server, protocol: string): Promise<string> {
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const plain = (listener: RequestListener) => listen(createHttpServer(listener), 'http');
const encrypted = (listener: RequestListener) => listen(createHttpsServer({ key: serverKey, cert: serverCertificate }, listener), 'https');

const get = (url: string, ca = '', timeoutMs = 60_000): TransportRequest => ({
  method: 'GET',
  url,
  headers: { accept: 'application/json' },
  body: undefined,
  ca,
  timeoutMs,
});

describe('the transport', () => {
  it('sends method, headers and body, and answers status, headers and body', async () => {
    const url = await plain((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const length = request.headers['content-length'];
        response.writeHead(201, { 'Retry-After': '1' }).end(`${request.method} ${request.url} ${length} ${Buffer.concat(chunks)}`);
      });
    });
    const answer = await createTransport()({ ...get(`${url}/api?a=b`), method: 'POST', body: '{"é":1}' });
    expect(answer).toMatchObject({ status: 201, body: 'POST /api?a=b 8 {"é":1}' });
    expect(answer.headers['retry-after']).toBe('1');
  });

  it("trusts a server whose certificate comes from the cluster's authority", async () => {
    const url = await encrypted((_request, response) => response.end('ok'));
    expect(await createTransport()(get(url, authority))).toMatchObject({ status: 200, body: 'ok' });
  });

  it('trusts no other authority, not even on a connection that was trusted before', async () => {
    let reached = 0;
    const url = await encrypted((_request, response) => {
      reached += 1;
      response.end('ok');
    });
    const transport = createTransport();
    await transport(get(url, authority));
    await expect(transport(get(url, otherAuthority))).rejects.toMatchObject({ code: expect.stringMatching(/UNABLE_TO_VERIFY/) });
    expect(reached).toBe(1);
  });

  it('trusts a certificate for the names in it alone', async () => {
    const url = await encrypted((_request, response) => response.end('ok'));
    await expect(createTransport()(get(url.replace('127.0.0.1', 'localhost'), authority))).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('hands a redirect back instead of following it', async () => {
    let reached = 0;
    const url = await plain((_request, response) => {
      reached += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await createTransport()(get(url))).status).toBe(302);
    expect(reached).toBe(1);
  });

  it('uses a connection again', async () => {
    const sockets = new Set<Socket>();
    const url = await plain((request, response) => {
      sockets.add(request.socket);
      response.end('ok');
    });
    const transport = createTransport();
    await transport(get(url));
    await transport(get(url));
    expect(sockets.size).toBe(1);
  });

  it('sends again, once, where a kept connection turns out to be closed', async () => {
    const served: string[] = [];
    const url = await plain((request, response) => {
      if (request.url === '/second' && served.length === 1) {
        served.push('closed');
        request.socket.destroy();
        return;
      }
      served.push(request.url ?? '');
      response.end('ok');
    });
    const transport = createTransport();
    await transport(get(`${url}/first`));
    expect((await transport(get(`${url}/second`))).body).toBe('ok');
    expect(served).toEqual(['/first', 'closed', '/second']);
  });

  it('does not send again where a new connection is closed', async () => {
    let reached = 0;
    const url = await plain((request) => {
      reached += 1;
      request.socket.destroy();
    });
    await expect(createTransport()(get(url))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(reached).toBe(1);
  });

  it.each([
    ['never answers', () => undefined],
    ['never ends its answer', (response: { write(text: string): void }) => response.write('{')],
  ])('gives a server up that %s', async (_what, serve) => {
    const url = await plain((_request, response) => {
      serve(response);
    });
    await expect(createTransport()(get(url, '', 20))).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
