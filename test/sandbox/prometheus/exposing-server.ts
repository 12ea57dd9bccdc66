import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ExposingServer {
  readonly url: string;
  /** What it answers the next scrapes with. */
  text: string;
  status: number | 'cut';
  /** Called within each scrape, before the answer. */
  before: () => Promise<void>;
  close(): Promise<void>;
}

/** A target to scrape. */
export async function exposingServer(text: string): Promise<ExposingServer> {
  const server = createServer((_, response) => {
    void target.before().then(() => {
      if (target.status === 'cut') response.destroy();
      else response.writeHead(target.status, { 'content-type': 'text/plain; version=0.0.4' }).end(target.text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const target: ExposingServer = {
    url: `http://127.0.0.1:${port}/metrics`,
    text,
    status: 200,
    before: async () => undefined,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return target;
}
