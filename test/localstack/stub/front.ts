import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import * as z from 'zod/mini';
import { serverCertificate, serverKey } from './certificates.ts';

/** On which addresses to listen: all, where functions run in containers. */
export type ListenOn = '127.0.0.1' | '0.0.0.0';

/** A port that leads to a server of this machine. */
export interface Front {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * TLS before a server that speaks plain HTTP: the sandbox's Kubernetes API. EKS serves nothing else, and the functions take a cluster only
 * with its certificate authority.
 */
export function startTlsFront(targetUrl: string, listenOn: ListenOn): Promise<Front> {
  const open = new Set<Socket>();
  const server = createTlsServer({ cert: serverCertificate, key: serverKey, noDelay: true }, (outer) => join(outer, targetUrl, open));
  // A handshake that fails is the client's affair, who hears of it.
  server.on('tlsClientError', () => undefined);
  return listen(server, listenOn, open);
}

/** For containers, which do not reach the loopback that the sandbox's servers listen on. */
export function startPlainFront(targetUrl: string, listenOn: ListenOn): Promise<Front> {
  const open = new Set<Socket>();
  return listen(
    createServer({ noDelay: true }, (outer) => join(outer, targetUrl, open)),
    listenOn,
    open,
  );
}

/** Bytes go through as they are, and a connection that breaks on one side breaks on the other. */
function join(outer: Socket, targetUrl: string, open: Set<Socket>): void {
  const { hostname, port } = new URL(targetUrl);
  const inner = connect({ host: hostname, port: Number(port), noDelay: true });
  for (const [one, other] of [
    [outer, inner],
    [inner, outer],
  ] as const) {
    open.add(one);
    one.pipe(other);
    one.on('error', () => other.destroy());
    one.on('close', () => {
      open.delete(one);
      other.destroy();
    });
  }
}

async function listen(server: Server, listenOn: ListenOn, open: ReadonlySet<Socket>): Promise<Front> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, listenOn, resolve);
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
