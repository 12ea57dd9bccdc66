import { createServer, type RequestListener, type Server } from 'node:http';
import * as z from 'zod/mini';

export interface LoopbackServer {
  readonly server: Server;
  readonly address: string;
  readonly port: number;
  /** Ends every connection, also those with a request under way, and frees the port. */
  close(): Promise<void>;
}

const listening = z.object({ address: z.string(), port: z.number() });

/**
 * An HTTP server on a free port of 127.0.0.1. It has no timeouts of its own: they run in real time, and would close idle
 * keep-alive connections, or slow requests, of a sandbox whose clock goes at another speed.
 */
export async function listenOnLoopback(listener: RequestListener): Promise<LoopbackServer> {
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, port } = listening.parse(server.address());
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closed;
  };
  return { server, address, port, close };
}
