import type { Agent, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/**
 * Asked for, not imported: an import reads every export of a module, and one of node:http's is WebSocket, which loads undici. That is
 * 17 ms of a cold start.
 */
const { Agent: HttpAgent, request: httpRequest } = process.getBuiltinModule('node:http');

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** PEM: the only authority that the server's certificate may come from. Not used for plain HTTP. */
  readonly ca: string;
  /** From the start of the connection to the last byte of the answer. */
  readonly timeoutMs: number;
}

export interface TransportAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends one request; rejects where no whole answer came. Never follows a redirect. */
export type Transport = (request: TransportRequest) => Promise<TransportAnswer>;

/**
 * HTTP and HTTPS by Node, with connections kept alive. A Lambda that slept finds its kept connections closed by the other end;
 * such a request never reached the server, so it is sent once more, on a new connection and within the same time-out.
 */
export function createTransport(): Transport {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  return async (request) => {
    const signal = AbortSignal.timeout(request.timeoutMs);
    const kept = request.url.startsWith('https:') ? agents.https : agents.http;
    try {
      const answer = (await send(request, signal, kept)) ?? (await send(request, signal, false));
      if (answer === undefined) throw new Error('The connection was closed before an answer came.');
      return answer;
    } catch (cause) {
      throw signal.aborted ? signal.reason : cause;
    }
  };
}

/** @returns undefined where a kept connection turned out to be closed. */
function send(request: TransportRequest, signal: AbortSignal, agent: Agent | false): Promise<TransportAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const { method, url, body } = request;
    const headers = { ...request.headers, ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) };
    const options = { method, headers, agent, signal };
    const onAnswer = (message: IncomingMessage) => readAnswer(message).then(resolve, reject);
    const outgoing = url.startsWith('https:')
      ? httpsRequest(url, { ...options, ca: request.ca, rejectUnauthorized: true, minVersion: 'TLSv1.2' }, onAnswer)
      : httpRequest(url, options, onAnswer);
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const closedMeanwhile = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      if (closedMeanwhile && agent !== false) resolve(undefined);
      else reject(error);
    });
    outgoing.end(body);
  });
}

/** Of one answer. A page of 500 pods has some 10 MB, and an object at most 1.5 MB. */
const mostBytes = 64 * 1024 * 1024;

async function readAnswer(message: IncomingMessage): Promise<TransportAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error(`The answer has more than ${mostBytes / 1024 / 1024} MB.`);
    chunks.push(Buffer.from(chunk));
  }
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
  return { status: message.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') };
}
