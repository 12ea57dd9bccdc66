import { Server as HttpServer } from 'node:http';
import type { ListenOptions, Server, Socket } from 'node:net';
import type { ServiceBehaviour } from '../../../../sandbox/traffic/service.ts';
import type { Received } from '../types.ts';
import { conductOf } from './conduct.ts';
import { hangUp } from './hang-up.ts';
import { createHttpServer } from './http-server.ts';
import { createHttp2Echo } from './http2-echo.ts';
import { createTcpEcho } from './tcp-echo.ts';

export interface PodPort {
  readonly name: string;
  readonly containerPort: number;
}

/** What the servers of one pod answer by. */
export interface PodSelf {
  readonly version: string;
  readonly pod: string;
  conduct: ReturnType<typeof conductOf>;
  received: { requests: number; mirrored: number };
}

export interface PodServersOptions {
  /** Where the server of a port listens. */
  readonly listenAt: (port: PodPort) => ListenOptions;
  readonly ports: readonly PodPort[];
  readonly version: string;
  readonly pod: string;
  readonly behaviour: ServiceBehaviour;
}

const sweepEveryMs = 100;

/** All servers of one pod. */
export interface PodServers {
  readonly received: Received;
  setBehaviour(behaviour: ServiceBehaviour): void;
  /** Takes no new connections, and resolves when those that are open have ended, or after so long, when they are broken off. */
  drain(withinMs: number): Promise<void>;
}

/** Starts a server for each port of a pod; rejects where one of them can't be had. */
export async function startPodServers({ listenAt, ports, behaviour, ...self }: PodServersOptions): Promise<PodServers> {
  const state: PodSelf = { ...self, conduct: conductOf(behaviour), received: { requests: 0, mirrored: 0 } };
  const sockets = new Map<Socket, Server>();
  const servers = ports.map(({ name }) => serverFor(name, state));
  for (const server of servers) {
    server.on('connection', (socket: Socket) => {
      sockets.set(socket.setNoDelay(true), server);
      socket.on('close', () => sockets.delete(socket));
      if (state.conduct.crashed) hangUp(socket);
    });
  }
  await Promise.all(ports.map((port, index) => listen(servers[index], listenAt(port))));
  return {
    received: state.received,
    setBehaviour(next) {
      state.conduct = conductOf(next);
      if (state.conduct.crashed) for (const socket of sockets.keys()) hangUp(socket);
    },
    async drain(withinMs) {
      const sweep = setInterval(() => endUnused(sockets), sweepEveryMs);
      const breakOff = setTimeout(() => {
        for (const socket of sockets.keys()) socket.destroy();
      }, withinMs);
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      clearTimeout(breakOff);
      clearInterval(sweep);
    },
  };
}

/**
 * Ends connections of HTTP/1.1 that carry no request, as Envoy keeps them: Node sees that of its own accord where they have carried one before,
 * and only at the moment when its server is closed.
 */
function endUnused(sockets: ReadonlyMap<Socket, Server>): void {
  for (const [socket, server] of sockets) {
    if (!(server instanceof HttpServer)) continue;
    if (socket.bytesRead === 0) socket.destroy();
    else server.closeIdleConnections();
  }
}

function serverFor(portName: string, self: PodSelf): Server {
  if (/^(grpc|http2|h2c)/.test(portName)) return createHttp2Echo(self);
  return portName.startsWith('tcp') ? createTcpEcho(self) : createHttpServer(self);
}

function listen(server: Server | undefined, at: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    if (server === undefined) return resolve();
    server.once('error', reject);
    server.listen(at, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve();
    });
  });
}
