import type { KubernetesApi, KubernetesObject, ResourceRef, RouteTarget } from '../../../../core/ports.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';

export interface Rule {
  readonly [field: string]: unknown;
}

export function refTo(name: string): ResourceRef {
  return { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace: 'shop', name };
}

export function virtualService(name: string, http: readonly Rule[], annotations?: Record<string, string>): KubernetesObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'shop', labels: { team: 'shop' }, ...(annotations === undefined ? {} : { annotations }) },
    spec: { hosts: [name], gateways: ['mesh', 'istio-system/public'], http, exportTo: ['.'] },
  };
}

/** One entry of a rule's `route`. */
export function to(host: string, weight?: number, more: Rule = {}): Rule {
  return { destination: { host }, ...(weight === undefined ? {} : { weight }), ...more };
}

/** A rule of somebody else, with fields that Sluice does not know. */
export const foreignRule: Rule = {
  name: 'static',
  match: [{ uri: { prefix: '/static' } }],
  rewrite: { uri: '/' },
  route: [to('assets', 70), to('assets-next', 30)],
  corsPolicy: { allowOrigins: [{ exact: 'https://shop.example.com' }], maxAge: '24h' },
};

/** Stable's rule, with all that a team may have put on it. */
export const mainRule: Rule = {
  name: 'main',
  match: [{ uri: { prefix: '/' }, headers: { 'x-beta': { exact: 'no' } } }],
  timeout: '2s',
  retries: { attempts: 3, perTryTimeout: '500ms', retryOn: '5xx,reset' },
  mirror: { host: 'shadow' },
  mirrorPercentage: { value: 0.5 },
  route: [
    {
      destination: { host: 'checkout', port: { number: 8080 } },
      headers: { request: { set: { 'x-from': 'mesh' } }, response: { remove: ['server'] } },
      futureField: { of: ['istio', 2, null] },
    },
  ],
};

export const target: RouteTarget = {
  rollout: 'checkout',
  namespace: 'shop',
  routes: [{ virtualService: 'checkout', http: 'main' }],
  stableService: 'checkout',
  canaryService: 'checkout-canary',
  totalWeight: 100,
};

export async function put(api: KubernetesApi, object: KubernetesObject): Promise<void> {
  const result = await api.write({ create: refTo(object.metadata.name), object });
  if (result.status !== 'written') throw new Error(`${object.metadata.name} was not created: ${result.status}`);
}

export async function clusterWith(...objects: readonly KubernetesObject[]): Promise<FakeKubernetes> {
  const api = new FakeKubernetes();
  for (const object of objects) await put(api, object);
  return api;
}

/** Somebody else replaces the http rules. */
export async function replaceRules(api: KubernetesApi, name: string, http: readonly Rule[]): Promise<void> {
  const result = await api.write({ jsonPatch: refTo(name), operations: [{ op: 'replace', path: '/spec/http', value: http }] });
  if (result.status !== 'written') throw new Error(`the rules were not replaced: ${result.status}`);
}

export async function rulesOf(api: KubernetesApi, name = 'checkout'): Promise<readonly Rule[]> {
  const object = await api.read(refTo(name));
  return (object?.['spec'] as { readonly http: readonly Rule[] } | undefined)?.http ?? [];
}

/** The destinations of the first rule, or of the one at that place. */
export async function routeOf(api: KubernetesApi, index = 0, name = 'checkout'): Promise<unknown> {
  return (await rulesOf(api, name))[index]?.['route'];
}
