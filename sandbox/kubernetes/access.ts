/** What authorisation goes by. It is read from the request line alone, so that a kind which is not served has it too. */
export interface RequestAttributes {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  /** Such as `scale`; empty for the object itself. */
  readonly subresource: string;
  readonly namespace: string;
  /** Empty for a collection, and for a create, whose name is in the body. */
  readonly name: string;
}

export interface Caller {
  readonly user: string;
  readonly groups: readonly string[];
}

/** Who may do what. Without one, whoever brings what looks like an EKS token may do all. */
export interface Access {
  /** Who sent a request, by its bearer token; undefined is answered 401. */
  authenticate(token: string): Caller | undefined;
  /** False is answered 403, in the API server's words. */
  authorize(caller: Caller, request: RequestAttributes): boolean;
}

const pathPattern = /^\/(?:api|apis\/(?<group>[^/]+))\/[^/]+\/(?:namespaces\/(?<namespace>[^/]+)\/)?(?<rest>[^/]+(?:\/[^/]+){0,2})$/;

const verbs: Readonly<Record<string, readonly [onObject: RequestAttributes['verb'], onCollection: RequestAttributes['verb']]>> = {
  GET: ['get', 'list'],
  POST: ['create', 'create'],
  PUT: ['update', 'update'],
  PATCH: ['patch', 'patch'],
  DELETE: ['delete', 'deletecollection'],
};

/**
 * Reads what a request is about as kube-apiserver's RequestInfo does. Undefined for what names no resource, such as `/version`.
 *
 * @example attributesOf('PATCH', '/apis/apps/v1/namespaces/shop/deployments/checkout/scale', noQuery)
 *   // { verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale', namespace: 'shop', name: 'checkout' }
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb
 */
export function attributesOf(method: string, pathname: string, query: URLSearchParams): RequestAttributes | undefined {
  const { group = '', namespace = '', rest } = pathPattern.exec(pathname)?.groups ?? {};
  const [resource, name = '', subresource = ''] = (rest ?? '').split('/');
  const pair = verbs[method];
  if (!resource || pair === undefined) return undefined;
  const watches = method === 'GET' && ['1', 'true'].includes(query.get('watch') ?? '');
  return { verb: watches ? 'watch' : pair[name === '' ? 1 : 0], group, resource, subresource, namespace, name };
}
