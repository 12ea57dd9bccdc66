import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { KubernetesApi, KubernetesObject, KubernetesWrite, KubernetesWriteResult, ResourceRef } from '../../../core/ports.ts';

export interface ApiServer {
  readonly url: string;
  /** Method and path with query of each request, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Serves any KubernetesApi as a Kubernetes API over HTTP, with pages of two objects, and kinds left out of lists. */
export async function serveKubernetes(api: KubernetesApi): Promise<ApiServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const send = ({ status, body }: Answer) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    answer(api, request).then(send, (error: unknown) => send({ status: 500, body: { kind: 'Status', message: String(error) } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const notFound: Answer = { status: 404, body: { kind: 'Status', message: 'not found' } };

async function answer(api: KubernetesApi, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://cluster');
  const [, apiVersion = '', namespace = '', resource = '', name = ''] =
    /^\/apis?\/(.+)\/namespaces\/([^/]+)\/([^/]+)\/?([^/]*)$/.exec(url.pathname) ?? [];
  const ref: ResourceRef = { apiVersion, resource, namespace, name };
  if (request.method === 'GET' && name === '') return pageOf(url, await api.list(ref, url.searchParams.get('labelSelector') ?? ''));
  if (request.method === 'GET') {
    const found = await api.read(ref);
    return found === undefined ? notFound : { status: 200, body: found };
  }
  const body: unknown = await json(request);
  if (request.method === 'DELETE') {
    const { preconditions } = body as { preconditions: { uid: string } };
    const status = { removed: 200, absent: 404, conflict: 409 }[await api.remove(ref, preconditions)];
    return { status, body: { kind: 'Status', message: 'see the code' } };
  }
  const result = await api.write(writeOf(ref, request.headers['content-type'] ?? '', body));
  return answerOf(result, request.method === 'POST');
}

function writeOf(ref: ResourceRef, contentType: string, body: unknown): KubernetesWrite {
  if (contentType === 'application/json-patch+json') return { jsonPatch: ref, operations: body as [] };
  if (contentType === 'application/merge-patch+json') return { mergePatch: ref, patch: body as Record<string, unknown> };
  const object = body as KubernetesObject;
  return { create: { ...ref, name: object.metadata.name }, object };
}

function answerOf(result: KubernetesWriteResult, created: boolean): Answer {
  if (result.status === 'notFound') return notFound;
  if (result.status === 'conflict') return { status: created ? 409 : 422, body: { kind: 'Status', message: result.message } };
  return { status: created ? 201 : 200, body: result.object };
}

function pageOf(url: URL, objects: readonly KubernetesObject[]): Answer {
  const from = Number(url.searchParams.get('continue') ?? '0');
  const items = objects.slice(from, from + 2).map(({ apiVersion: _apiVersion, kind: _kind, ...item }) => item);
  const metadata = from + 2 < objects.length ? { continue: String(from + 2) } : {};
  const kind = `${objects[0]?.kind ?? ''}List`;
  return { status: 200, body: { apiVersion: 'v1', kind, metadata, items: items.length === 0 ? null : items } };
}
