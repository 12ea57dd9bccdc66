import { ClusterUnavailableError } from '../../core/errors.ts';
import type { Clock, ClusterEndpoint, KubernetesApi, KubernetesObject, KubernetesWrite, ResourceRef } from '../../core/ports.ts';
import { createTransport, type Transport, type TransportAnswer, type TransportRequest } from './http.ts';
import { parseObject, parsePage, refusalMessage } from './kubernetes-answer.ts';
import { endpointBase } from './kubernetes-endpoint.ts';
import { type KubernetesCall, noAnswer, refusal } from './kubernetes-refusal.ts';
import { collectionPath, objectPath } from './kubernetes-url.ts';

export interface KubernetesClientOptions {
  readonly endpoint: ClusterEndpoint;
  /** Asked for each request. Left out, requests carry no token. */
  readonly token?: () => Promise<string>;
  readonly clock: Clock;
  readonly transport?: Transport;
  /** For one request, from connecting to the last byte of its answer. Default 5 s. */
  readonly timeoutMs?: number;
}

interface Outgoing {
  readonly method: TransportRequest['method'];
  readonly path: string;
  readonly contentType?: string;
  readonly body?: unknown;
}

const jsonPatchType = 'application/json-patch+json';

/** Of 500 objects each: no namespace has so many. */
const mostPages = 200;

/** A server that asks for a longer wait than this is left to the caller's own back-off. */
const longestRetryAfterMs = 2_000;

/**
 * The port KubernetesApi over HTTPS. Thin on purpose: the official client costs a cold start more than all the rest of a handler.
 * A kind that the cluster does not serve reads as absent, and lists as empty.
 *
 * @throws InvalidInputError where the endpoint is not one to send a token to.
 */
export function createKubernetesClient(options: KubernetesClientOptions): KubernetesApi {
  const { clock, transport = createTransport(), timeoutMs = 5_000 } = options;
  const cluster = options.endpoint.name;
  const base = endpointBase(options.endpoint);

  const once = async (call: KubernetesCall, { method, path, contentType, body }: Outgoing): Promise<TransportAnswer> => {
    const token = await options.token?.();
    const headers = {
      accept: 'application/json',
      // The API server takes the part before the slash as the name of the field manager.
      'user-agent': 'sluice/1',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
    };
    const text = body === undefined ? undefined : bodyText(contentType, body);
    const ca = options.endpoint.certificateAuthority;
    try {
      const answer = await transport({ method, url: `${base}${path}`, headers, body: text, ca, timeoutMs });
      return answer.status < 300 || token === undefined ? answer : { ...answer, body: answer.body.replaceAll(token, '…') };
    } catch (cause) {
      throw noAnswer(call, cause);
    }
  };

  const exchange = async (call: KubernetesCall, outgoing: Outgoing): Promise<TransportAnswer> => {
    const answer = await once(call, outgoing);
    const waitMs = answer.status === 429 ? retryAfterMs(answer) : undefined;
    if (waitMs === undefined || waitMs > longestRetryAfterMs) return answer;
    await clock.sleep(waitMs);
    return once(call, outgoing);
  };

  return {
    async read(ref) {
      const call: KubernetesCall = { cluster, verb: 'get', ref };
      const answer = await exchange(call, { method: 'GET', path: objectPath(ref) });
      if (answer.status === 404) return undefined;
      if (!isSuccess(answer)) throw refusal(call, answer);
      return parseObject(answer.body);
    },

    async list(ref, labelSelector) {
      const call: KubernetesCall = { cluster, verb: 'list', ref: { ...ref, name: '' } };
      const found: KubernetesObject[] = [];
      const seen = new Set<string>();
      let continueToken = '';
      do {
        const path = `${collectionPath(ref)}?${listQuery(labelSelector, continueToken)}`;
        const answer = await exchange(call, { method: 'GET', path });
        if (answer.status === 404) return [];
        if (!isSuccess(answer)) throw refusal(call, answer);
        const page = parsePage(answer.body, ref.apiVersion);
        found.push(...page.items);
        continueToken = page.continueToken;
        if (seen.has(continueToken) || seen.size === mostPages) throw endless(call);
        seen.add(continueToken);
      } while (continueToken !== '');
      return found;
    },

    async write(write) {
      const { ref, verb, outgoing } = outgoingWrite(write);
      const call: KubernetesCall = { cluster, verb, ref };
      const answer = await exchange(call, outgoing);
      if (answer.status === 404) return { status: 'notFound' };
      if (answer.status === 409 || (answer.status === 422 && 'jsonPatch' in write)) {
        return { status: 'conflict', message: refusalMessage(answer.body) };
      }
      if (!isSuccess(answer)) throw refusal(call, answer);
      return { status: 'written', object: parseObject(answer.body) };
    },

    async remove(ref, preconditions) {
      const call: KubernetesCall = { cluster, verb: 'delete', ref };
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy: 'Background' };
      const answer = await exchange(call, { method: 'DELETE', path: objectPath(ref), contentType: 'application/json', body });
      if (answer.status === 404) return 'absent';
      if (answer.status === 409) return 'conflict';
      if (!isSuccess(answer)) throw refusal(call, answer);
      return 'removed';
    },
  };
}

function outgoingWrite(write: KubernetesWrite): { ref: ResourceRef; verb: 'create' | 'patch'; outgoing: Outgoing } {
  if ('create' in write) {
    const { create: ref, object: body } = write;
    objectPath(ref);
    return { ref, verb: 'create', outgoing: { method: 'POST', path: collectionPath(ref), contentType: 'application/json', body } };
  }
  const [ref, contentType, body] =
    'jsonPatch' in write
      ? ([write.jsonPatch, jsonPatchType, write.operations] as const)
      : ([write.mergePatch, 'application/merge-patch+json', write.patch] as const);
  return { ref, verb: 'patch', outgoing: { method: 'PATCH', path: objectPath(ref), contentType, body } };
}

/**
 * kube-apiserver evaluates a `test` of a JSON Patch by comparing bytes with those that Go's encoder makes of the object, and that encoder
 * writes `<`, `>`, `&` and the two line separators as escapes: unescaped text never equals them. They stand in JSON within strings only.
 * Sources: https://pkg.go.dev/encoding/json#HTMLEscape, gopkg.in/evanphx/json-patch.v4 (lazyNode.equal)
 *
 * @example '{"prefix":"/a&b"}' becomes '{"prefix":"/a\\u0026b"}'
 */
function bodyText(contentType: string | undefined, body: unknown): string {
  const text = JSON.stringify(body);
  if (contentType !== jsonPatchType) return text;
  return text.replace(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function listQuery(labelSelector: string, continueToken: string): URLSearchParams {
  const query = new URLSearchParams({ limit: '500' });
  if (labelSelector !== '') query.set('labelSelector', labelSelector);
  if (continueToken !== '') query.set('continue', continueToken);
  return query;
}

function isSuccess(answer: TransportAnswer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** The Retry-After of the API server is always in seconds; a date is left alone. */
function retryAfterMs(answer: TransportAnswer): number | undefined {
  const text = answer.headers['retry-after'] ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : undefined;
}

function endless(call: KubernetesCall): ClusterUnavailableError {
  return new ClusterUnavailableError(`The list of ${call.ref.resource} in cluster ${call.cluster} does not come to an end.`, {
    remedy: 'See what stands between here and the API server; the request is tried again.',
  });
}
