import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { SandboxClock } from '../clock.ts';
import { type Access, attributesOf } from './access.ts';
import { type ApiRequest, parseTarget, type RequestTarget, verbOf } from './api-request.ts';
import { type Faults, factsOf } from './faults.ts';
import { parseLabelSelector } from './label-selector.ts';
import type { ObjectStore, StoredObject, WriteOptions } from './object-store.ts';
import * as status from './status.ts';
import { serveWatch } from './watch.ts';
import { createObject, patchObject, patchOf, removeObject, replaceObject } from './writes.ts';

export interface HttpApiOptions {
  readonly store: ObjectStore;
  readonly clock: SandboxClock;
  readonly faults: () => Faults;
  readonly acceptsToken: (token: string) => boolean;
  readonly access: () => Access | undefined;
  /** Told of every request that reached the API, with `<method> <resource>`. */
  readonly onRequest: (methodAndResource: string) => void;
}

interface Answer {
  readonly code: number;
  readonly body: unknown;
}

/** The API as an HTTP server; the caller listens and closes. */
export function createHttpApi(options: HttpApiOptions): Server {
  const server = createServer((request, response) => {
    serve(options, request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else send(response, refusal(status.outage(500, String(error))));
    });
  });
  server.on('connection', (socket) => {
    if (options.faults().unreachable) socket.destroy();
  });
  return server;
}

async function serve(options: HttpApiOptions, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://cluster');
  const method = incoming.method ?? 'GET';
  const target = parseTarget(url.pathname);
  options.onRequest(`${method} ${target?.type.resource ?? url.pathname}`);
  const body = await text(incoming);

  const [scheme, token = ''] = (incoming.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !options.acceptsToken(token)) return send(response, refusal(status.unauthorized()));
  const denied = denial(options.access(), token, method, url);
  if (denied !== undefined) return send(response, refusal(denied));
  if (target === undefined) return send(response, refusal(status.unknownResource()));
  const request = understand(target, method, url.searchParams, incoming.headers['content-type'] ?? '', body);
  if (request === undefined) return send(response, refusal(status.badRequest('the body of the request is not JSON')));
  await answer(options, request, response);
}

/** Before it is known whether there is such a kind: who may not ask is told no more than that. */
function denial(access: Access | undefined, token: string, method: string, url: URL): status.Status | undefined {
  if (access === undefined) return undefined;
  const caller = access.authenticate(token);
  if (caller === undefined) return status.unauthorized();
  const attributes = attributesOf(method, url.pathname, url.searchParams);
  return attributes === undefined || access.authorize(caller, attributes) ? undefined : status.forbidden(caller, attributes);
}

async function answer(options: HttpApiOptions, request: ApiRequest, response: ServerResponse): Promise<void> {
  const { store, clock } = options;
  if (request.verb === undefined) return send(response, refusal(status.methodNotAllowed()));
  const { slowMs, fault } = options.faults().take(factsOf(request, request.verb));
  if (slowMs > 0) await clock.sleepWithin(slowMs);
  if (options.faults().unreachable) return hangUp(response);

  switch (fault?.kind) {
    case 'status':
      return send(response, refusal(status.outage(fault.code)));
    case 'hangUpBefore':
      return hangUp(response);
    case 'hangUpAfter':
      perform(store, request);
      return hangUp(response);
    case 'lostWrite':
      return send(response, perform(store, request, { dryRun: true }));
    case 'delayedWrite': {
      const promised = perform(store, request, { dryRun: true });
      if (promised.code < 300) clock.timer(fault.delayMs, () => perform(store, request));
      return send(response, promised);
    }
  }
  if (request.verb !== 'watch') return send(response, perform(store, request));
  const selector = parseLabelSelector(request.query.get('labelSelector') ?? '');
  if (selector === undefined || !/^\d*$/.test(request.query.get('resourceVersion') ?? ''))
    return send(response, refusal(badQuery(request)));
  serveWatch(store, clock, request, selector, response);
}

function understand(
  target: RequestTarget,
  method: string,
  query: URLSearchParams,
  contentTypeHeader: string,
  bodyText: string,
): ApiRequest | undefined {
  const contentType = contentTypeHeader.split(';', 1).join().trim();
  const request = { ...target, verb: verbOf(method, target, query), query, contentType };
  if (bodyText === '') return { ...request, body: undefined };
  try {
    return { ...request, body: JSON.parse(bodyText) as unknown };
  } catch {
    return undefined;
  }
}

/** Does what a request asks, at once. */
function perform(store: ObjectStore, request: ApiRequest, options: WriteOptions = {}): Answer {
  switch (request.verb) {
    case 'get': {
      const object = store.read(request.type, request);
      return object === undefined ? refusal(status.notFound(request.type, request.name)) : { code: 200, body: object };
    }
    case 'list':
      return list(store, request);
    case 'create':
      return written(createObject(store, request, request.body, options), 201);
    case 'update':
      return written(replaceObject(store, request, request.body, options), 200);
    case 'patch': {
      const patch = patchOf(request);
      return patch === undefined ? refusal(status.unsupportedMediaType()) : written(patchObject(store, request, patch, options), 200);
    }
    case 'delete': {
      const removed = removeObject(store, request, request.body, options);
      if (removed.refused !== undefined || request.type.deleteAnswersObject) return written(removed, 200);
      return { code: 200, body: status.deleted(request.type, request.name, removed.object.metadata.uid) };
    }
    default:
      return refusal(status.methodNotAllowed());
  }
}

function list(store: ObjectStore, request: ApiRequest): Answer {
  const selector = parseLabelSelector(request.query.get('labelSelector') ?? '');
  if (selector === undefined || request.query.has('fieldSelector')) return refusal(badQuery(request));
  const { apiVersion, kind, custom } = request.type;
  const items = store.list(request.type, request.namespace, selector).map((object) => {
    // The lists of built-in kinds leave out what the list itself says.
    const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
    return custom ? object : rest;
  });
  return { code: 200, body: { kind: `${kind}List`, apiVersion, metadata: { resourceVersion: String(store.resourceVersion) }, items } };
}

function badQuery(request: ApiRequest): status.Status {
  return status.badRequest(`unable to parse requirement, or one that the sandbox does not take: ${request.query}`);
}

function written(outcome: status.Outcome<StoredObject>, code: number): Answer {
  return outcome.refused === undefined ? { code, body: outcome.object } : refusal(outcome.refused);
}

function refusal(refused: status.Status): Answer {
  return { code: refused.code ?? 500, body: refused };
}

function send(response: ServerResponse, { code, body }: Answer): void {
  const headers = { 'content-type': 'application/json', ...(code === 429 ? { 'retry-after': '1' } : {}) };
  response.writeHead(code, headers).end(JSON.stringify(body));
}

function hangUp(response: ServerResponse): void {
  response.destroy();
}
