import { once } from 'node:events';
import { type ClientRequest, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { SandboxClock } from '../../../sandbox/clock.ts';
import { type ApiRequest, parseTarget, verbOf } from '../../../sandbox/kubernetes/api-request.ts';
import { Faults, factsOf } from '../../../sandbox/kubernetes/faults.ts';
import { outage } from '../../../sandbox/kubernetes/status.ts';

export interface ApiFront {
  /** `http://127.0.0.1:<port>`: what Sluice is told of as the API server. */
  readonly url: string;
  readonly faults: Faults;
  /** Requests that came in, by `<method> <resource>`. */
  readonly requestCounts: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/**
 * Stands before a real API server and does to requests what the sandbox's API does: answers that get lost, errors, slowness, a partition.
 * What it does not harm goes through as it is, token and all; the server's certificate is checked here.
 */
export async function startApiFront(options: {
  readonly clock: SandboxClock;
  readonly apiUrl: string;
  readonly certificateAuthority: string;
  /** In place of the caller's: for one whose AWS credentials are an emulator's, which the cluster does not know. */
  readonly token?: () => Promise<string>;
}): Promise<ApiFront> {
  const { clock, apiUrl, certificateAuthority: ca, token } = options;
  const agent = new Agent({ keepAlive: true, ca });
  const requestCounts: Record<string, number> = {};

  const forward = async (incoming: IncomingMessage, body: Buffer, query = ''): Promise<Answer> => {
    const { host: _host, connection: _connection, ...sent } = incoming.headers;
    const headers = token === undefined ? sent : { ...sent, authorization: `Bearer ${await token()}` };
    const address = `${apiUrl}${incoming.url ?? '/'}${query === '' ? '' : `${incoming.url?.includes('?') ? '&' : '?'}${query}`}`;
    const outgoing = httpsRequest(address, { method: incoming.method, agent, headers });
    outgoing.end(body);
    return answerOf(outgoing);
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? '/', 'http://cluster');
    const target = parseTarget(url.pathname);
    const name = `${incoming.method} ${target?.type.resource ?? url.pathname}`;
    requestCounts[name] = (requestCounts[name] ?? 0) + 1;
    const body = await buffer(incoming);
    const verb = target === undefined ? undefined : verbOf(incoming.method ?? 'GET', target, url.searchParams);
    if (target === undefined || verb === undefined) return send(response, await forward(incoming, body));
    const contentType = (incoming.headers['content-type'] ?? '').split(';', 1).join();
    const request: ApiRequest = { ...target, verb, query: url.searchParams, contentType, body: parsed(body) };
    const { slowMs, fault } = faults.take(factsOf(request, verb));
    if (slowMs > 0) await clock.sleep(slowMs);
    if (faults.unreachable) return void response.destroy();
    switch (fault?.kind) {
      case 'status':
        return send(response, {
          status: fault.code,
          contentType: 'application/json',
          body: Buffer.from(JSON.stringify(outage(fault.code))),
        });
      case 'hangUpBefore':
        return void response.destroy();
      case 'hangUpAfter':
        await forward(incoming, body);
        return void response.destroy();
      case 'lostWrite':
        return send(response, await forward(incoming, body, 'dryRun=All'));
      case 'delayedWrite': {
        const promised = await forward(incoming, body, 'dryRun=All');
        if (promised.status < 300) clock.timer(fault.delayMs, () => void forward(incoming, body).catch(() => undefined));
        return send(response, promised);
      }
      default:
        return send(response, await forward(incoming, body));
    }
  };

  const server = createServer((incoming, response) => void serve(incoming, response).catch(() => response.destroy()));
  server.on('connection', (socket) => {
    if (faults.unreachable) socket.destroy();
  });
  const faults = new Faults(() => server.closeAllConnections());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    requestCounts,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

async function answerOf(outgoing: ClientRequest): Promise<Answer> {
  const [message] = (await once(outgoing, 'response')) as [IncomingMessage];
  return {
    status: message.statusCode ?? 502,
    contentType: message.headers['content-type'] ?? 'application/json',
    body: await buffer(message),
  };
}

function send(response: ServerResponse, { status, contentType, body }: Answer): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': body.length }).end(body);
}

function parsed(body: Buffer): unknown {
  try {
    return body.length === 0 ? undefined : (JSON.parse(body.toString('utf8')) as unknown);
  } catch {
    return undefined;
  }
}
