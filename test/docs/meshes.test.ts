import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { fromJSONSchema } from 'zod';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { planRollout } from '../../core/plan/plan.ts';
import type { KubernetesObject } from '../../core/ports.ts';
import { rolloutJsonSchema } from '../../core/spec/json-schema.ts';
import { parseSpec } from '../../core/spec/parse-spec.ts';
import { capabilitiesOf, routerCapabilities } from '../../core/spec/router-capabilities.ts';
import { routerKind } from '../../core/spec/router-spec.ts';
import { routePlanOf, shapeOf } from '../../core/traffic/shape-of.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { routeTargetOf } from '../../runtime/acts/door-target.ts';
import { columns, withMeshTable } from '../../scripts/mesh-table.ts';
import { FakeKubernetes } from '../fakes/kubernetes-api.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const page = read('docs/meshes.md');
const folders = readdirSync(new URL('examples/meshes/', root));
const editor = fromJSONSchema(JSON.parse(JSON.stringify(rolloutJsonSchema())));

function specOf(folder: string) {
  const file = `examples/meshes/${folder}/checkout.yaml`;
  const parsed = parseSpec(read(file), file);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ path, found, expected }) => `${path}: ${found}, expected ${expected}`).join('\n'));
  return parsed.spec;
}

function manifestsOf(folder: string): KubernetesObject[] {
  return parseAllDocuments(read(`examples/meshes/${folder}/manifests.yaml`)).map((document) => document.toJS() as KubernetesObject);
}

/** As a cluster holds it whose controllers have taken it. */
function taken(object: KubernetesObject): KubernetesObject {
  const condition = (type: string) => ({ type, status: 'True', reason: type });
  const { parentRefs } = (object['spec'] ?? {}) as { readonly parentRefs?: readonly unknown[] };
  const parents = parentRefs?.map((parentRef) => ({ parentRef, conditions: [condition('Accepted'), condition('ResolvedRefs')] }));
  return { ...object, status: { conditions: [condition('Synced')], ...(parents === undefined ? {} : { parents }) } };
}

async function clusterOf(folder: string): Promise<FakeKubernetes> {
  const api = new FakeKubernetes();
  for (const object of manifestsOf(folder)) {
    const { apiVersion, kind, metadata } = object;
    const resource = `${kind.toLowerCase()}s`;
    await api.write({ create: { apiVersion, resource, namespace: metadata.namespace ?? '', name: metadata.name }, object: taken(object) });
  }
  return api;
}

describe('docs/meshes.md', () => {
  it('has the table that lint goes by; if not, run scripts/write-mesh-table.ts', () => {
    expect(page).toBe(withMeshTable(page));
  });

  it('has a column for whatever can do something else', () => {
    const shown = columns.map(({ kind, route }) => JSON.stringify([kind, capabilitiesOf(kind, route)]));
    const all = routerKind.options.flatMap((kind) =>
      routerCapabilities[kind].routes.map((route) => JSON.stringify([kind, capabilitiesOf(kind, route)])),
    );
    expect(new Set(shown)).toEqual(new Set(all));
  });

  it('leads to each example, and to nothing that is not there', () => {
    const linked = [...page.matchAll(/\]\(\.\.\/examples\/meshes\/([\w-]+)\)/g)].map(([, folder]) => folder);
    expect([...new Set(linked)].sort()).toEqual([...folders].sort());
  });

  it('shows each kind of mesh', () => {
    expect(new Set(folders.map((folder) => specOf(folder).router.kind))).toEqual(new Set(routerKind.options));
  });
});

describe.each(folders)('examples/meshes/%s', (folder) => {
  it('has a spec that holds, for the parser and for an editor', () => {
    const text = read(`examples/meshes/${folder}/checkout.yaml`);
    expect(specOf(folder).name).toBe('checkout');
    expect(editor.safeParse(parse(text)).success).toBe(true);
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/\.\.\/\.\.\/core\/spec\/rollout\.schema\.json\n/);
  });

  it('has the workload of its spec, told apart by its side', () => {
    const { workload, namespace } = specOf(folder);
    const objects = manifestsOf(folder);
    const sided = { 'sluice.dev/side': 'stable' };
    expect(objects.find(({ kind }) => kind === 'Deployment')).toMatchObject({
      metadata: { name: workload.deployment, namespace },
      spec: { template: { metadata: { labels: sided }, spec: { containers: [{ name: workload.container }] } } },
    });
    expect(objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === workload.deployment)).toMatchObject({
      metadata: { namespace },
      spec: { selector: sided },
    });
  });

  it('has routes in which the router finds nothing that speaks against a rollout', async () => {
    const spec = specOf(folder);
    const router = createRouter(spec.router.kind, await clusterOf(folder));
    const findings = await router.inspect(routeTargetOf(spec), routePlanOf(spec, planRollout(spec)));
    expect(findings.filter(({ severity }) => severity === 'refusal')).toEqual([]);
  });

  it('has routes that its plan can be walked on, and that are afterwards as they were', async () => {
    const spec = specOf(folder);
    const api = await clusterOf(folder);
    const router = createRouter(spec.router.kind, api);
    const target = routeTargetOf(spec);
    const specs = () =>
      manifestsOf(folder).map(
        ({ apiVersion, kind, metadata: { name, namespace = '' } }) =>
          api.peek({ apiVersion, resource: `${kind.toLowerCase()}s`, namespace, name })?.['spec'],
      );
    const before = specs();
    await router.write(target, { split: splitAt(0, target.totalWeight), fence: 1, role: 'claim' });
    for (const step of planRollout(spec).steps) {
      const split = splitAt(step.weight, target.totalWeight);
      const readings = await router.write(target, { split, fence: 1, role: 'owner', shape: shapeOf(spec, step) });
      expect(readings.map((reading) => reading.split)).toEqual(readings.map(() => split));
    }
    await router.write(target, { split: splitAt(0, target.totalWeight), fence: 2, role: 'door' });
    await router.removeCanary(target, 2);
    expect(specs()).toStrictEqual(before);
  });
});
