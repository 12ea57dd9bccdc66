import type { KubernetesApi, KubernetesObject, ResourceRef, RouteTarget } from '../../../../core/ports.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';

export interface Rule {
  readonly [field: string]: unknown;
}

export const edge = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public', namespace: 'edge' };
export const inMesh = { group: '', kind: 'Service', name: 'checkout', port: 80 };

export function refTo(name: string, resource: 'httproutes' | 'grpcroutes' = 'httproutes'): ResourceRef {
  return { apiVersion: 'gateway.networking.k8s.io/v1', resource, namespace: 'shop', name };
}

/** One entry of a rule's backendRefs, with the defaults of the API server written out. */
export function to(name: string, weight?: number, more: Rule = {}): Rule {
  return { group: '', kind: 'Service', name, port: 80, ...(weight === undefined ? {} : { weight }), ...more };
}

export function prefix(value: string, more: Rule = {}): Rule {
  return { path: { type: 'PathPrefix', value }, ...more };
}

/** What a controller says of each parent. */
export function accepted(parentRefs: readonly Rule[], more: Rule = {}): Rule {
  const condition = (type: string) => ({ type, status: 'True', reason: type, message: 'Fine.', ...more });
  const parent = (parentRef: Rule) => ({
    controllerName: 'istio.io/gateway-controller',
    parentRef,
    conditions: [condition('Accepted'), condition('ResolvedRefs')],
  });
  return { parents: parentRefs.map(parent) };
}

export interface RouteParts {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly parentRefs?: readonly Rule[];
  readonly status?: unknown;
  readonly kind?: 'HTTPRoute' | 'GRPCRoute';
}

/** A route that its one Gateway accepts, at whichever generation. */
export function route(name: string, rules: readonly Rule[], parts: RouteParts = {}): KubernetesObject {
  const { annotations, parentRefs = [edge], kind = 'HTTPRoute' } = parts;
  const status = 'status' in parts ? parts.status : accepted(parentRefs);
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind,
    metadata: { name, namespace: 'shop', labels: { team: 'shop' }, ...(annotations === undefined ? {} : { annotations }) },
    spec: { hostnames: ['shop.example.com'], parentRefs, rules },
    ...(status === undefined ? {} : { status }),
  };
}

/** A rule of somebody else, with fields that Sluice does not know. */
export const foreignRule: Rule = {
  name: 'static',
  matches: [prefix('/static', { method: 'GET' })],
  filters: [{ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } }],
  backendRefs: [to('assets', 70), to('assets-next', 30)],
};

/** Stable's rule, with all that a team may have put on it. */
export const mainRule: Rule = {
  name: 'main',
  matches: [
    prefix('/', { headers: [{ type: 'Exact', name: 'x-tenant', value: 'a&b' }] }),
    prefix('/', { method: 'POST', queryParams: [{ type: 'Exact', name: 'v', value: '2' }] }),
  ],
  filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-from', value: 'edge' }] } }],
  timeouts: { request: '10s', backendRequest: '5s' },
  futureField: { of: ['gateway', 2, null] },
  backendRefs: [
    to('checkout', 1, {
      filters: [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [{ name: 'x-a', value: '1' }], remove: ['server'] } }],
      futureField: { of: ['backend'] },
    }),
  ],
};

export const target: RouteTarget = {
  rollout: 'checkout',
  namespace: 'shop',
  routes: [{ httpRoute: 'checkout', rule: 'main' }],
  stableService: 'checkout',
  canaryService: 'checkout-canary',
  totalWeight: 100,
};

export function service(name: string, ports: readonly number[] = [80], labels: Record<string, string> = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop', labels },
    spec: { ports: ports.map((port) => ({ port, name: `http-${port}` })) },
  };
}

export async function put(api: KubernetesApi, object: KubernetesObject): Promise<void> {
  const ref = refTo(object.metadata.name, object.kind === 'GRPCRoute' ? 'grpcroutes' : 'httproutes');
  const result = await api.write({ create: ref, object });
  if (result.status !== 'written') throw new Error(`${object.metadata.name} was not created: ${result.status}`);
}

export async function clusterWith(...objects: readonly KubernetesObject[]): Promise<FakeKubernetes> {
  const api = new FakeKubernetes();
  for (const object of objects) {
    if (object.kind === 'Service') api.put(object);
    else await put(api, object);
  }
  return api;
}

/** Somebody else replaces the rules. */
export async function replaceRules(api: KubernetesApi, rules: readonly Rule[], name = 'checkout'): Promise<void> {
  const result = await api.write({ jsonPatch: refTo(name), operations: [{ op: 'replace', path: '/spec/rules', value: rules }] });
  if (result.status !== 'written') throw new Error(`the rules were not replaced: ${result.status}`);
}

export async function rulesOf(api: KubernetesApi, ref: ResourceRef = refTo('checkout')): Promise<readonly Rule[]> {
  const object = await api.read(ref);
  return (object?.['spec'] as { readonly rules: readonly Rule[] } | undefined)?.rules ?? [];
}

/** The backendRefs of the rule of that name. */
export async function backendsOf(api: KubernetesApi, rule = 'main', name = 'checkout'): Promise<unknown> {
  return (await rulesOf(api, refTo(name))).find((one) => one['name'] === rule)?.['backendRefs'];
}
