import { type Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Endpoint } from './endpoint-table.ts';
import type { ResponseFlags } from './istio-metrics.ts';

/** How a forwarded request ended; status 0 where the client got no whole answer. */
export interface Outcome {
  readonly status: number;
  readonly responseFlags: ResponseFlags;
}

/** They belong to one connection and are not passed on. Source: RFC 9110, section 7.6.1 */
const ofOneConnection = new Set(['connection', 'keep-alive', 'proxy-connection', 'upgrade', 'te']);

const neverConnected = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ETIMEDOUT']);

/**
 * Passes a request to one endpoint and its answer back. It is not tried again: a failure of the canary is to be seen as one.
 * @param onEnd called once, when the last byte of the answer came in or the request failed.
 */
export function forward(
  agent: Agent,
  endpoint: Endpoint,
  request: IncomingMessage,
  response: ServerResponse,
  onEnd: (outcome: Outcome) => void,
): void {
  let ended = false;
  const end = (status: number, responseFlags: ResponseFlags) => {
    if (ended) return;
    ended = true;
    onEnd({ status, responseFlags });
  };
  const upstream = httpRequest({
    agent,
    host: endpoint.address,
    port: endpoint.port,
    method: request.method,
    path: request.url,
    headers: passedOn(request.rawHeaders),
  });
  const fail = (error: NodeJS.ErrnoException) => {
    if (response.headersSent) {
      end(0, 'UC');
      response.destroy();
      return;
    }
    end(503, neverConnected.has(error.code ?? '') ? 'UF' : 'UC');
    answerBriefly(response, 503, 'upstream connect error or reset before headers');
  };
  upstream.on('error', fail);
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, passedOn(answer.rawHeaders));
    answer.on('error', fail);
    answer.on('end', () => end(response.statusCode, '-'));
    answer.pipe(response);
  });
  response.on('close', () => {
    if (ended) return;
    end(0, 'DC');
    upstream.destroy();
  });
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  if (hasBody) request.pipe(upstream);
  else upstream.end();
}

export function answerBriefly(response: ServerResponse, status: number, text: string, headers: readonly string[] = []): void {
  if (response.destroyed) return;
  response.writeHead(status, ['content-type', 'text/plain', 'content-length', String(Buffer.byteLength(text)), ...headers]).end(text);
}

/** Names and values in turn, as node:http reads and takes them. */
function passedOn(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    if (!ofOneConnection.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
