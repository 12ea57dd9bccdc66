import { createServer } from 'node:net';
import { rangeCount } from './range.ts';

/**
 * A port of 127.0.0.1 for kube-apiserver, whose certificate knows no other address. It lies below those that Linux gives to outgoing
 * connections, so that nobody takes it while the server is down for a restart.
 */
export async function freeApiPort(range: number): Promise<number> {
  for (let port = 16_443 + range; ; port += rangeCount) if (await isFree(port)) return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
