import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { sluice, temporaryFolder } from './run-command.ts';
import { cliSpec } from './sandbox-spec.ts';

let cwd: string;

beforeEach(async () => {
  cwd = await temporaryFolder();
  await write('rollouts/checkout.yaml', cliSpec());
});

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(cwd, file)), { recursive: true });
  await writeFile(join(cwd, file), text);
}

const lint = (...more: string[]) => sluice(['lint', ...more], { cwd });

const service = `apiVersion: v1
kind: Service
metadata: { name: checkout }
spec: { ports: [{ port: 80 }] }
`;
const destinationRule = `# What callers are to do
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: checkout
spec:
  host: checkout
  trafficPolicy:
    retries: { attempts: 3 }
    outlierDetection: { consecutive5xxErrors: 5 }
`;
const fine = destinationRule.replace('    retries: { attempts: 3 }\n', '');

describe('sluice lint --manifests', () => {
  it('finds what the API server would drop, and says where it belongs', async () => {
    await write('k8s/checkout.yaml', `${service}---\n${destinationRule}`);
    expect(await lint('--manifests', 'k8s')).toEqual({
      code: 0,
      out: [
        '1 file, no problem.',
        '',
        'Manifests: 2 objects in 1 file, 1 warning.',
        '',
        'k8s/checkout.yaml:7',
        '  warning: DestinationRule shop/checkout: spec.trafficPolicy.retries is no field of a DestinationRule: the API server drops it, and nothing comes of it.',
        '    Write it on the VirtualService, as spec.http[].retries, and take it out of the DestinationRule. A rollout may ask for its own by resilience.retries in the spec.',
        '',
      ].join('\n'),
      err: '',
    });
  });

  it.each([
    ['is no failure', [], 0],
    ['fails where somebody is strict', ['--strict'], 1],
  ])('a finding %s', async (_what, more, code) => {
    await write('k8s/checkout.yaml', destinationRule);
    expect((await lint('--manifests', 'k8s', ...more)).code).toBe(code);
  });

  it('has nothing to say of manifests as they should be', async () => {
    await write('k8s/checkout.yaml', `${service}---\n${fine}`);
    expect(await lint('--manifests', 'k8s', '--strict')).toEqual({
      code: 0,
      out: '1 file, no problem.\n\nManifests: 2 objects in 1 file, 0 warnings.\n',
      err: '',
    });
  });

  it('prints one JSON document, with each file and line', async () => {
    await write('k8s/checkout.yaml', destinationRule);
    const { out } = await lint('--manifests', 'k8s/checkout.yaml', '--json');
    expect(JSON.parse(out)).toMatchObject({
      files: [{ file: 'rollouts/checkout.yaml', ok: true }],
      problems: [],
      manifests: {
        files: ['k8s/checkout.yaml'],
        objects: 1,
        findings: [{ file: 'k8s/checkout.yaml', line: 2, severity: 'warning', subject: 'DestinationRule shop/checkout' }],
      },
    });
  });

  it('tells of the manifests where a spec has problems too', async () => {
    await write('rollouts/checkout.yaml', cliSpec().replace('bake: 10s', 'bake: 10 s'));
    await write('k8s/checkout.yaml', destinationRule);
    const { code, out } = await lint('--manifests', 'k8s');
    expect(code).toBe(1);
    expect(out).toContain('1 problem in 1 file.\n\nManifests: 1 object in 1 file, 1 warning.');
  });
});

describe('which manifests are read', () => {
  const filesOf = async (...more: string[]): Promise<string[]> => JSON.parse((await lint('--json', ...more)).out).manifests.files;

  it('are those of a folder and the folders below, as they end, and none that is hidden', async () => {
    for (const file of ['a.yaml', 'b/c.yml', 'b/d.json', 'e.md', '.hidden.yaml', '.git/f.yaml']) await write(`k8s/${file}`, fine);
    expect(await filesOf('--manifests', 'k8s')).toEqual(['k8s/a.yaml', 'k8s/b/c.yml', 'k8s/b/d.json']);
  });

  it('are those of every option, each once, whatever a file is called', async () => {
    for (const file of ['one/a.yaml', 'two/b.yaml', 'rendered']) await write(file, fine);
    const files = await filesOf('--manifests', 'one', '--manifests', 'rendered', '--manifests', 'one/a.yaml', 'rollouts/checkout.yaml');
    expect(files).toEqual(['one/a.yaml', 'rendered']);
  });

  it.each([
    ['a path that is not there', 'nowhere', 'nowhere does not exist.'],
    ['a folder without any', 'empty', 'empty holds no *.yaml, *.yml or *.json.'],
  ])('is said of %s', async (_what, path, message) => {
    await mkdir(join(cwd, 'empty'));
    expect(await lint('--manifests', path)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) });
  });

  it('are named where they were given as specs', async () => {
    await write('k8s/checkout.yaml', `${service}---\n${destinationRule}`);
    expect(await lint('rollouts/checkout.yaml', 'k8s/checkout.yaml')).toEqual({
      code: 2,
      out: '',
      err: 'error: k8s/checkout.yaml holds Kubernetes objects, and no rollout spec.\n  Give them beside the specs: --manifests k8s/checkout.yaml\n',
    });
  });
});

describe('what stands in manifests', () => {
  const inspected = async (text: string) => {
    await write('k8s/all.yaml', text);
    return JSON.parse((await lint('--manifests', 'k8s', '--json')).out).manifests;
  };
  const asJson = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'a' },
    spec: { host: 'a', timeout: '1s' },
  };

  it.each([
    ['JSON', JSON.stringify(asJson), 1],
    ['a List', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [asJson, { ...asJson, metadata: { name: 'b' } }] }), 2],
    ['documents, empty ones too', `---\n---\n${destinationRule}---\n# nothing\n---\n${destinationRule}`, 2],
    ['anchors', destinationRule.replace('{ attempts: 3 }', '&a { attempts: 3 }').replace('{ consecutive5xxErrors: 5 }', '*a'), 2],
  ])('may be %s', async (_what, text, findings) => {
    expect((await inspected(text)).findings).toHaveLength(findings);
  });

  it.each([
    ['nothing', '', 0],
    ['other YAML', 'replicas: 3\n', 0],
    ['a list', '- a\n- b\n', 0],
    ['tags of something else', 'Resources: !Sub a\n', 0],
    ['an object that is none of Istio’s', service, 1],
  ])('is of no account where it is %s', async (_what, text, objects) => {
    expect(await inspected(text)).toEqual({ files: ['k8s/all.yaml'], objects, findings: [] });
  });

  it.each([
    ['a template', '{{- if .Values.istio }}\nkind: DestinationRule\n{{- end }}\n', 'It is no YAML'],
    ['nested beyond all measure', '['.repeat(200_000), ''],
    [
      'an expansion without end',
      `a: &a [x,x,x,x]\n${'bcdefgh'.replaceAll(/./g, (key, at: number) => `${key}: &${key} [${Array(9).fill(`*${'abcdefg'[at]}`)}]\n`)}`,
      'alias',
    ],
  ])('is named where it is %s, and fails nothing', async (_what, text, message) => {
    await write('k8s/checkout.yaml', destinationRule);
    const { findings } = await inspected(text);
    expect(findings).toMatchObject([
      {
        file: 'k8s/all.yaml',
        severity: 'unread',
        message: expect.stringContaining(message),
        remedy: expect.stringContaining('helm template'),
      },
      { file: 'k8s/checkout.yaml', severity: 'warning' },
    ]);
    expect((await lint('--manifests', 'k8s/all.yaml', '--strict')).code).toBe(0);
  });
});

it('objects without a namespace are not put into one where the specs are of several', async () => {
  await write('rollouts/search.yaml', cliSpec('search').replace('namespace: shop', 'namespace: search'));
  await write('k8s/checkout.yaml', destinationRule);
  expect((await lint('--manifests', 'k8s')).out).toContain('DestinationRule default/checkout');
});
