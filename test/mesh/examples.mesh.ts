import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../../core/ports.ts';
import { attachCluster, servesOrSays } from './bench/attach.ts';
import type { FreshNamespace, MeshCluster } from './bench/types.ts';

/** The manifests of docs/meshes.md, as a real API server reads them: with unknown fields refused, by the schemas of each mesh. */
const root = new URL('../../examples/meshes/', import.meta.url);

const manifests = readdirSync(root).flatMap((folder) =>
  parseAllDocuments(readFileSync(new URL(`${folder}/manifests.yaml`, root), 'utf8')).map((document) => {
    const object = document.toJS() as KubernetesObject;
    return { folder, object, what: `${object.kind} ${object.metadata.name}` };
  }),
);

const folders = [...new Set(manifests.map(({ folder }) => folder))].filter((folder) => {
  const kinds = manifests.filter((each) => each.folder === folder).map(({ object }) => `${object.apiVersion}/${object.kind}`);
  return servesOrSays(`what examples/meshes/${folder} has`, [...new Set(kinds)]);
});

describe('the examples', () => {
  let cluster: MeshCluster;
  let namespace: FreshNamespace;
  beforeAll(async () => {
    cluster = await attachCluster();
    namespace = await cluster.freshNamespace('examples');
  });
  afterAll(async () => {
    await namespace?.remove();
    await cluster?.detach();
  });

  const played = manifests.filter(({ folder }) => folders.includes(folder));
  it.each(played)('in $folder: $what is taken by a real API server', async ({ object }) => {
    const { apiVersion, kind, metadata } = object;
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const isNamespace = kind === 'Namespace';
    const scope = isNamespace ? '' : `/namespaces/${namespace.name}`;
    const plural = /s$/.test(kind) ? kind.toLowerCase() : `${kind.toLowerCase()}s`;
    const path = `${group}${scope}/${plural}?dryRun=All&fieldValidation=Strict`;
    const { namespace: _, ...rest } = metadata;
    // The cluster may have one of that name.
    const name = isNamespace ? `${namespace.name}-${metadata.name}` : metadata.name;
    const answer = await cluster.raw.ask('POST', path, { ...object, metadata: { ...rest, name } });
    expect(answer.status, answer.body).toBe(201);
  });
});
