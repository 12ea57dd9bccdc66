import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { hangUp } from './hang-up.ts';
import type { PodSelf } from './pod-servers.ts';
import { upgradeToWebSocket } from './web-socket.ts';

/** HTTP/1.1, with what was asked in the answer. No timeouts of its own: idle connections are the proxy's to close. */
export function createHttpServer(self: PodSelf): Server {
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
    void answer(self, request, response);
  });
  server.on('upgrade', (request: IncomingMessage, socket) => upgradeToWebSocket(self, request, socket));
  return server;
}

async function answer(self: PodSelf, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { version, pod, conduct } = self;
  if (conduct.crashed) {
    hangUp(request.socket);
    return;
  }
  request.resume();
  self.received[isCopy(request) ? 'mirrored' : 'requests'] += 1;
  const status = conduct.status();
  const waitMs = conduct.latencyMs();
  if (waitMs > 0) await sleep(waitMs);
  if (response.destroyed) return;
  const body = JSON.stringify({ version, pod, method: request.method, path: request.url, headers: request.headers });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'x-version': version, 'x-pod': pod };
  response.writeHead(status, headers).end(body);
}

/** Envoy puts it behind the host of what it mirrors, before the port where there is one. */
function isCopy({ headers }: IncomingMessage): boolean {
  return /-shadow(:\d+)?$/.test(headers.host ?? '');
}
