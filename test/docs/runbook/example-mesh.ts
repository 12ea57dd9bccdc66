import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import { planRollout } from '../../../core/plan/plan.ts';
import type { KubernetesObject, ResourceRef } from '../../../core/ports.ts';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import { shapeOf } from '../../../core/traffic/shape-of.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import { routeTargetOf } from '../../../runtime/acts/door-target.ts';
import { FakeKubernetes } from '../../fakes/kubernetes-api.ts';

const example = (folder: string, file: string) =>
  readFileSync(new URL(`../../../examples/meshes/${folder}/${file}`, import.meta.url), 'utf8');

/** The cluster of an example, whose rollout has half of the traffic on the canary under fence 7, with all that its spec asks for besides. */
export async function halfWay(folder: string) {
  const parsed = parseSpec(example(folder, 'checkout.yaml'), folder);
  if (!parsed.ok) throw new Error(`the spec of ${folder} does not hold`);
  const { spec } = parsed;
  const api = new FakeKubernetes();
  const objects = parseAllDocuments(example(folder, 'manifests.yaml')).map((document) => document.toJS() as KubernetesObject);
  for (const object of objects) await api.write({ create: refOf(object), object: taken(object) });
  const router = createRouter(spec.router.kind, api);
  const target = routeTargetOf(spec);
  const specs = () => objects.map((object) => api.peek(refOf(object))?.['spec']);
  const before = specs();
  await router.write(target, { split: splitAt(0, 100), fence: 7, role: 'claim' });
  const step = planRollout(spec).steps.find(({ weight }) => weight === 50);
  if (step === undefined) throw new Error(`the spec of ${folder} has no step at 50`);
  const shape = shapeOf(spec, step);
  await router.write(target, { split: splitAt(50, 100), fence: 7, role: 'owner', shape });
  /** Of the routes whose object bears that name in kubectl: `httproutes.gateway.networking.k8s.io`, `checkout`. */
  const targetOf = (resource: string, name: string) => ({
    ...target,
    routes: target.routes.filter((route) => {
      const [field = '', value] = Object.entries(route)[0] ?? [];
      return value === name && resource.startsWith(`${field.toLowerCase()}s.`);
    }),
  });
  const raise = () => router.write(target, { split: splitAt(60, 100), fence: 7, role: 'owner', shape });
  return { api, router, target, targetOf, raise, specs, before };
}

/** As kubectl names it. */
export function refNamed(resource: string, name: string): ResourceRef {
  const [plural = '', ...group] = resource.split('.');
  const version = group.join('.') === 'consul.hashicorp.com' ? 'v1alpha1' : 'v1';
  return { apiVersion: `${group.join('.')}/${version}`, resource: plural, namespace: 'shop', name };
}

function refOf({ apiVersion, kind, metadata: { name, namespace = '' } }: KubernetesObject): ResourceRef {
  return { apiVersion, resource: `${kind.toLowerCase()}s`, namespace, name };
}

/** As a cluster holds it whose controllers have taken it. */
function taken(object: KubernetesObject): KubernetesObject {
  const condition = (type: string) => ({ type, status: 'True', reason: type });
  const { parentRefs = [] } = (object['spec'] ?? {}) as { readonly parentRefs?: readonly unknown[] };
  const parents = parentRefs.map((parentRef) => ({ parentRef, conditions: [condition('Accepted'), condition('ResolvedRefs')] }));
  return { ...object, status: { conditions: [condition('Synced')], parents } };
}
