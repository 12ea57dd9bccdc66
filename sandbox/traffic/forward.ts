import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Endpoint } from './endpoint-table.ts';
import { editHeaders, type HeaderEdit } from './header-edits.ts';

/** A request, ready to be sent on: any number of times where its body is whole. */
export interface Outgoing {
  readonly method: string | undefined;
  readonly url: string | undefined;
  /** Names and values in turn, as node:http reads and takes them. */
  readonly rawHeaders: readonly string[];
  /** Undefined where it has none; a stream where it comes as it is sent on. */
  readonly body: Buffer | Readable | undefined;
}

export interface TryListener {
  readonly onAnswer: (answer: IncomingMessage) => void;
  /** Before the answer or in it. */
  readonly onFailure: (failure: 'noConnection' | 'broken') => void;
}

/** They belong to one connection and are not passed on. Source: RFC 9110, section 7.6.1 */
const ofOneConnection = new Set(['connection', 'keep-alive', 'proxy-connection', 'upgrade', 'te']);

const neverConnected = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ETIMEDOUT']);

/** Sends a request to one endpoint, once. */
export function sendTo(
  agent: Agent,
  endpoint: Endpoint,
  { method, url, rawHeaders, body }: Outgoing,
  listener: TryListener,
): ClientRequest {
  const upstream = httpRequest({ agent, host: endpoint.address, port: endpoint.port, method, path: url, headers: passedOn(rawHeaders) });
  const fail = ({ code = '' }: NodeJS.ErrnoException) => listener.onFailure(neverConnected.has(code) ? 'noConnection' : 'broken');
  upstream.on('error', fail);
  upstream.on('response', (answer) => {
    answer.on('error', fail);
    listener.onAnswer(answer);
  });
  if (body === undefined || Buffer.isBuffer(body)) upstream.end(body);
  else body.pipe(upstream);
  return upstream;
}

/** Gives an answer back to the client, with what the rules change of its headers. */
export function passBack(answer: IncomingMessage, response: ServerResponse, edits: readonly HeaderEdit[]): void {
  response.writeHead(answer.statusCode ?? 502, editHeaders(passedOn(answer.rawHeaders), edits));
  answer.pipe(response);
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

export function answerBriefly(response: ServerResponse, status: number, text: string, headers: readonly string[] = []): void {
  if (response.destroyed) return;
  response.writeHead(status, ['content-type', 'text/plain', 'content-length', String(Buffer.byteLength(text)), ...headers]).end(text);
}

function passedOn(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    if (!ofOneConnection.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
