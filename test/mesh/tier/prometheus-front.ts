import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { SandboxClock } from '../../../sandbox/clock.ts';
import { type Faults, noFaults } from '../../../sandbox/prometheus/faults.ts';

export interface PrometheusFront {
  readonly url: string;
  readonly faults: Faults;
  close(): Promise<void>;
}

/** Stands before a real Prometheus, which knows nothing of faults. */
export async function startPrometheusFront(clock: SandboxClock, prometheusUrl: string): Promise<PrometheusFront> {
  const faults = noFaults();
  const server = createServer(async (incoming, response) => {
    try {
      const body = await text(incoming);
      if (faults.slowMs > 0) await clock.sleep(faults.slowMs);
      if (faults.down) return void response.destroy();
      if (faults.status !== undefined) return void response.writeHead(faults.status).end();
      const answer = await fetch(`${prometheusUrl}${incoming.url}`, {
        method: incoming.method ?? 'GET',
        headers: { 'content-type': incoming.headers['content-type'] ?? 'application/x-www-form-urlencoded' },
        ...(body === '' ? {} : { body }),
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
      response.end(withWarnings(await answer.text(), faults.warnings));
    } catch {
      response.destroy();
    }
  });
  server.on('connection', (socket) => {
    if (faults.down) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function withWarnings(body: string, warnings: readonly string[]): string {
  return warnings.length === 0 ? body : JSON.stringify({ ...JSON.parse(body), warnings });
}
