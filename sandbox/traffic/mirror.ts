import type { Agent, IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import type { SandboxClock } from '../clock.ts';
import type { Endpoint } from './endpoint-table.ts';
import { hasBody, sendTo } from './forward.ts';
import { editHeaders } from './header-edits.ts';
import type { ResponseFlag } from './istio-metrics.ts';

export interface CopyOptions {
  readonly clock: SandboxClock;
  readonly agent: Agent;
  readonly request: IncomingMessage;
  readonly endpoint: Endpoint;
  /** Called once, with what the copy was answered; 0 where no whole answer came. */
  readonly onEnd: (outcome: { readonly status: number; readonly responseFlags: ResponseFlag }) => void;
}

/** What Envoy puts behind the host of a copy, so that whoever gets it can tell. */
const copySuffix = '-shadow';

export function isCopy({ headers }: IncomingMessage): boolean {
  return headers.host?.endsWith(copySuffix) === true;
}

/** Sends a copy of a request, which nobody waits for, and throws its answer away. To be called before anybody reads the body. */
export function sendCopy({ clock, agent, request, endpoint, onEnd }: CopyOptions): void {
  const { method, url, rawHeaders, headers } = request;
  const host = [['host', `${headers.host ?? ''}${copySuffix}`]] as const;
  const outgoing = { method, url, rawHeaders: editHeaders(rawHeaders, [{ remove: [], set: host, add: [] }]), body: bodyOf(request) };
  let ended = false;
  const end = (status: number, responseFlags: ResponseFlag) => {
    if (!ended) onEnd({ status, responseFlags });
    ended = true;
  };
  // A request of its own: the one that it copies may be answered before.
  void clock.busy(
    () =>
      new Promise<void>((resolve) => {
        const upstream = sendTo(agent, endpoint, outgoing, {
          onAnswer: (answer) => {
            answer.on('end', () => end(answer.statusCode ?? 502, '-'));
            answer.resume();
          },
          onFailure: (failure) => end(503, failure === 'noConnection' ? 'UF' : 'UC'),
        });
        upstream.once('close', resolve);
      }),
  );
}

/** Its own stream, so that a slow reader of the copy holds nobody up. */
function bodyOf(request: IncomingMessage): PassThrough | undefined {
  if (!hasBody(request)) return undefined;
  const body = new PassThrough();
  request.on('data', (chunk: Buffer) => body.write(chunk));
  request.once('end', () => body.end());
  request.once('close', () => body.end());
  return body;
}
