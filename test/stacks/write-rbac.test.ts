import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseContext } from '../../stacks/context.ts';
import { readSpecs } from '../../stacks/rollout-specs.ts';
import { writeRbac } from '../../stacks/write-rbac.ts';
import { oneSpec } from './synthesised.ts';

const folder = await mkdtemp(join(tmpdir(), 'sluice-rbac-'));
afterAll(() => rm(folder, { recursive: true }));
const specs = readSpecs(oneSpec);

describe('the manifests beside the template', () => {
  it('are a Role and its binding in each namespace of the specs, by the names of the deployment', async () => {
    const [file = ''] = writeRbac(folder, { context: parseContext({ prefix: 'blue' }), specs });
    expect(basename(file)).toBe('blue.shop-production.rbac.yaml');
    expect(parseAllDocuments(await readFile(file, 'utf8')).map((document) => document.toJS())).toMatchObject([
      { kind: 'Role', metadata: { name: 'blue', namespace: 'shop' } },
      { kind: 'RoleBinding', metadata: { name: 'blue', namespace: 'shop' }, subjects: [{ kind: 'Group', name: 'blue' }] },
    ]);
  });

  it('are a file for each cluster, the namespaces of the context in all of them', async () => {
    const files = writeRbac(folder, { context: parseContext({ clusters: 'tools', namespaces: 'cart' }), specs });
    const namespaces = await Promise.all(
      files.map(async (file) => parseAllDocuments(await readFile(file, 'utf8')).map((document) => document.toJS().metadata.namespace)),
    );
    expect(files.map((file) => basename(file))).toEqual(['sluice.shop-production.rbac.yaml', 'sluice.tools.rbac.yaml']);
    expect(namespaces).toEqual([
      ['cart', 'cart', 'shop', 'shop'],
      ['cart', 'cart'],
    ]);
  });

  it('are none for a cluster without a namespace', () => {
    expect(writeRbac(folder, { context: parseContext({ clusters: 'tools' }), specs: [] })).toEqual([]);
  });
});
