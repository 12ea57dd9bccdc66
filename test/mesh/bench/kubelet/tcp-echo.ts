import { createServer, type Server } from 'node:net';
import type { PodSelf } from './pod-servers.ts';

/** Says its version in a line, and then sends back what comes. */
export function createTcpEcho({ version, received }: PodSelf): Server {
  return createServer((socket) => {
    received.requests += 1;
    socket.on('error', () => undefined);
    socket.write(`${version}\n`);
    socket.pipe(socket);
  });
}
