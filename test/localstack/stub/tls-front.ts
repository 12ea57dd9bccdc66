import { connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import * as z from 'zod/mini';
import { serverCertificate, serverKey } from './certificates.ts';

export interface TlsFront {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * TLS before a server of this machine that speaks plain HTTP: the sandbox's Kubernetes API. EKS serves nothing else, and the functions
 * take a cluster only with its certificate authority. Bytes go through as they are, and a connection that breaks on one side breaks on
 * the other.
 */
export async function startTlsFront(targetUrl: string, listenOn: string): Promise<TlsFront> {
  const { hostname, port } = new URL(targetUrl);
  const open = new Set<Socket>();
  const server = createServer({ cert: serverCertificate, key: serverKey, noDelay: true }, (outer) => {
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
  });
  // A handshake that fails is the client's affair, who hears of it.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, listenOn, resolve);
  });
  const { port: listening } = z.object({ port: z.number() }).parse(server.address());
  return {
    port: listening,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
