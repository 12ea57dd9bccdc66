import { readFileSync } from 'node:fs';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { deploymentRef, serviceRef } from '../../adapters/eks/workload/names.ts';
import { readWorkload } from '../../adapters/eks/workload/read-workload.ts';
import { createRouter } from '../../adapters/mesh/registry.ts';
import type { KubernetesObject } from '../../core/ports.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { parseContext } from '../../stacks/context.ts';
import { names, stableDeployment, stableService } from '../adapters/eks/workload/manifests.ts';
import { clusterWith, target } from '../adapters/mesh/istio/virtual-services.ts';
import { FakeKubernetes } from '../fakes/kubernetes-api.ts';
import { synthesise } from '../stacks/synthesised.ts';

const guide = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
/** What stands first in each row of the table below a head. */
const firstCells = (head: string) => {
  const [, rows = ''] = new RegExp(`^\\| ${head} \\|.*\\n\\|[-|]+\\n((?:\\|.*\\n)+)`, 'm').exec(guide) ?? [];
  return rows.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, word = '']) => word));
};

/** Every key that there is, as a refusal lists them. */
function knownKeys(): string[] {
  try {
    parseContext({ nosuchkey: true });
  } catch (error) {
    return /The keys are (.*)\.$/.exec(String((error as Error).message))?.[1]?.split(', ') ?? [];
  }
  return [];
}

describe('the guide to a deployment', () => {
  it('names every key of the context, and no other', () => {
    expect(knownKeys().length).toBeGreaterThan(5);
    expect(firstCells('key').toSorted()).toEqual(knownKeys().toSorted());
  });

  it('shows a cdk.json that holds', () => {
    const [, json = '{}'] = /```json\n(.*?)```/s.exec(guide) ?? [];
    const { context } = JSON.parse(json) as { context: Record<string, unknown> };
    expect(parseContext(context)).toMatchObject(context);
  });

  it('names every output of the stack', async () => {
    const { stack } = await synthesise({ webhook: true });
    const outputs = Object.keys(Template.fromStack(stack).findOutputs('*'));
    expect(firstCells('output').toSorted()).toEqual(outputs.toSorted());
  });

  it('onboards a service that has not been, by two patches', async () => {
    const patches = [...guide.matchAll(/patch (deployment|service) checkout --type merge \\\n\s+--patch '(.*)'/g)];
    const api = new FakeKubernetes(stableDeployment({ labels: { app: 'checkout' } }), stableService({ selector: { app: 'checkout' } }));
    await expect(readWorkload(api, names)).rejects.toThrow('do not carry the label');
    expect(patches.map(([, kind]) => kind)).toEqual(['deployment', 'service']);
    for (const [, kind, patch = '{}'] of patches) {
      const ref = kind === 'deployment' ? deploymentRef('shop', 'checkout') : serviceRef('shop', 'checkout');
      await api.write({ mergePatch: ref, patch: JSON.parse(patch) as Record<string, unknown> });
    }
    expect(await readWorkload(api, names)).toMatchObject({ deployment: { kind: 'Deployment' } });
  });

  it('shows a VirtualService that Sluice can steer, and that it leaves as it was', async () => {
    const [, yaml = ''] = /```yaml\n(apiVersion: networking.*?)```/s.exec(guide) ?? [];
    const api = await clusterWith(parse(yaml) as KubernetesObject);
    const router = createRouter('istio', api);
    const primary = { ...target, routes: [{ virtualService: 'checkout', http: 'primary' }] };
    await router.write(primary, { split: splitAt(0, 100), fence: 1, role: 'claim' });
    await router.write(primary, { split: splitAt(25, 100), fence: 1, role: 'owner' });
    expect(await router.read(primary)).toMatchObject([{ split: { stable: 75, canary: 25 } }]);
  });
});
