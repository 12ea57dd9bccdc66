import { createRouter } from '../../../../adapters/mesh/registry.ts';
import type { KubernetesApi, KubernetesObject, ResourceRef, RouteTarget, TrafficRouter, WriteRole } from '../../../../core/ports.ts';
import { splitAt } from '../../../../core/traffic/split.ts';
import { FakeKubernetes } from '../../../fakes/kubernetes-api.ts';

export interface Split {
  readonly [field: string]: unknown;
}

const apiVersion = 'consul.hashicorp.com/v1alpha1';

export function refTo(name: string, resource = 'servicesplitters', namespace = 'shop'): ResourceRef {
  return { apiVersion, resource, namespace, name };
}

export const synced = { conditions: [{ type: 'Synced', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }] };

export function splitter(name: string, splits: readonly Split[], status: unknown = synced): KubernetesObject {
  const metadata = {
    name,
    namespace: 'shop',
    finalizers: ['finalizers.consul.hashicorp.com'],
    annotations: { 'example.com/owner': 'shop' },
  };
  return { apiVersion, kind: 'ServiceSplitter', metadata, spec: { splits }, status };
}

export function resolver(name: string, spec: Record<string, unknown>, status: unknown = synced): KubernetesObject {
  return { apiVersion, kind: 'ServiceResolver', metadata: { name, namespace: 'shop' }, spec, status };
}

export function serviceRouter(name: string, routes: readonly unknown[]): KubernetesObject {
  return { apiVersion, kind: 'ServiceRouter', metadata: { name, namespace: 'shop' }, spec: { routes } };
}

export const routerOn = (api: KubernetesApi): TrafficRouter => createRouter('consul', api);

/** One split, of the splitter's own service. */
export function to(serviceSubset: string, weight?: number, more: Split = {}): Split {
  return { ...(weight === undefined ? {} : { weight }), serviceSubset, ...more };
}

export const target: RouteTarget = {
  rollout: 'checkout',
  namespace: 'shop',
  routes: [{ serviceSplitter: 'checkout' }],
  stableService: 'checkout',
  canaryService: 'checkout-canary',
  totalWeight: 100,
  subsets: { host: 'checkout', stable: 'stable', canary: 'canary' },
};

const resources: Readonly<Record<string, string>> = {
  ServiceSplitter: 'servicesplitters',
  ServiceResolver: 'serviceresolvers',
  ServiceRouter: 'servicerouters',
};

export async function put(api: KubernetesApi, object: KubernetesObject): Promise<void> {
  const ref = refTo(object.metadata.name, resources[object.kind], object.metadata.namespace);
  const result = await api.write({ create: ref, object });
  if (result.status !== 'written') throw new Error(`${object.metadata.name} was not created: ${result.status}`);
}

export async function clusterWith(...objects: readonly KubernetesObject[]): Promise<FakeKubernetes> {
  const api = new FakeKubernetes();
  for (const object of objects) await put(api, object);
  return api;
}

/** Somebody else replaces the splits. */
export async function replaceSplits(api: KubernetesApi, splits: unknown, name = 'checkout'): Promise<void> {
  const result = await api.write({ jsonPatch: refTo(name), operations: [{ op: 'replace', path: '/spec/splits', value: splits }] });
  if (result.status !== 'written') throw new Error(`the splits were not replaced: ${result.status}`);
}

export async function splitsOf(api: KubernetesApi, name = 'checkout'): Promise<unknown> {
  const object = await api.read(refTo(name));
  return (object?.['spec'] as { readonly splits: unknown } | undefined)?.splits;
}

/** A splitter of these splits, and the weight written on it in one role after another. */
export async function afterWrites(splits: readonly Split[], writes: readonly [WriteRole, number][], of: RouteTarget = target) {
  const api = await clusterWith(splitter('checkout', splits));
  const router = routerOn(api);
  for (const [role, weight] of writes) await router.write(of, { split: splitAt(weight, of.totalWeight), fence: 1, role });
  return { api, router };
}
