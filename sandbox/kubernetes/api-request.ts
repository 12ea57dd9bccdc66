import { isRecord } from './json.ts';
import type { ResourceType } from './resource-type.ts';
import { findByResource } from './resource-types.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** What a URL path names. */
export interface RequestTarget {
  readonly type: ResourceType;
  /** Empty where the path names none: all namespaces. */
  readonly namespace: string;
  /** Empty for the collection. */
  readonly name: string;
  readonly subresource: 'status' | undefined;
}

/** One request, understood as far as its address. */
export interface ApiRequest extends RequestTarget {
  /** Undefined where the target takes no such method. */
  readonly verb: Verb | undefined;
  readonly query: URLSearchParams;
  readonly contentType: string;
  /** Parsed JSON; undefined where there is none or it is not JSON. */
  readonly body: unknown;
}

const pathPattern = /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/(status))?$/;

/** Reads a path such as `/apis/apps/v1/namespaces/shop/deployments/checkout`. Undefined where the API serves no such thing. */
export function parseTarget(pathname: string): RequestTarget | undefined {
  const [, group, version = '', namespace = '', resource = '', name = '', subresource] = pathPattern.exec(pathname) ?? [];
  const type = findByResource(group === undefined ? version : `${group}/${version}`, resource);
  if (type === undefined || (!type.namespaced && namespace !== '')) return undefined;
  if (type.namespaced && name !== '' && namespace === '') return undefined;
  if (subresource !== undefined && (name === '' || !type.statusSubresource)) return undefined;
  return { type, namespace, name, subresource: subresource === undefined ? undefined : 'status' };
}

export function verbOf(method: string, target: RequestTarget, query: URLSearchParams): Verb | undefined {
  const collection = target.name === '';
  switch (method) {
    case 'GET':
      if (['1', 'true'].includes(query.get('watch') ?? '')) return 'watch';
      return collection ? 'list' : 'get';
    case 'POST':
      return collection && (target.namespace !== '' || !target.type.namespaced) ? 'create' : undefined;
    case 'PUT':
      return collection ? undefined : 'update';
    case 'PATCH':
      return collection ? undefined : 'patch';
    case 'DELETE':
      return collection || target.subresource !== undefined ? undefined : 'delete';
    default:
      return undefined;
  }
}

/** The name that a request is about: of the URL, or for a create of the body. */
export function nameOf(request: Pick<ApiRequest, 'name' | 'body'>): string {
  if (request.name !== '' || !isRecord(request.body)) return request.name;
  const metadata = request.body['metadata'];
  return isRecord(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : '';
}
