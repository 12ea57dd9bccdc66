import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readWorkload } from '../../adapters/eks/workload/read-workload.ts';
import type { KubernetesObject } from '../../core/ports.ts';
import { parseSpec } from '../../core/spec/parse-spec.ts';
import { workloadNamesOf } from '../../runtime/acts/door-target.ts';
import { FakeKubernetes } from '../fakes/kubernetes-api.ts';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const values = parse(read('examples/helm/values.yaml')) as { image: { repository: string; tag: string }; port: number };
const parsed = parseSpec(read('rollouts/checkout.yaml'), 'rollouts/checkout.yaml');
if (!parsed.ok) throw new Error('the example of a spec does not hold');
const { spec } = parsed;

/** The few expressions that the template has, as Helm renders them. Any other stays, and is no YAML. */
function render(template: string, image: string): readonly KubernetesObject[] {
  const text = template
    .replaceAll('{{ .Release.Namespace }}', spec.namespace)
    .replaceAll('{{ .Values.port }}', String(values.port))
    .replaceAll('{{ include "checkout.image" . }}', image);
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

describe('the example of a Helm chart', () => {
  it('makes a workload that the example of a spec can roll out: labelled on both, with the container that it names', async () => {
    const image = `${values.image.repository}:${values.image.tag}`;
    const objects = render(read('examples/helm/templates/checkout.yaml'), image);
    const workload = await readWorkload(new FakeKubernetes(...objects), workloadNamesOf(spec));
    expect(workload.image).toBe(image);
    expect(values.image.repository).toBe(spec.image.repository);
  });

  it('leaves the number of replicas to the autoscaler', () => {
    const [deployment] = render(read('examples/helm/templates/checkout.yaml'), 'checkout:v1');
    expect(deployment?.['spec']).not.toHaveProperty('replicas');
  });

  it('takes the image from what runs, and from the values only where nothing runs', () => {
    const template = read('examples/helm/templates/_image.tpl');
    const [, live = '', otherwise = ''] = /if \$live -\}\}(.*)\{\{- else -\}\}(.*)/s.exec(template) ?? [];
    expect(template).toContain(`lookup "apps/v1" "Deployment" .Release.Namespace "${spec.workload.deployment}"`);
    expect(live).toContain(`eq .name "${spec.workload.container}"`);
    expect(live).not.toContain('.Values');
    expect(otherwise).toContain('.Values.image.repository');
  });
});
