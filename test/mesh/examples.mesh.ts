import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../../core/ports.ts';
import { RawApi } from './bench/api/raw-api.ts';
import { hasBench } from './bench/attach.ts';

/** The manifests of docs/meshes.md, as a real API server reads them: with unknown fields refused, by the schemas of each mesh. */
const root = new URL('../../examples/meshes/', import.meta.url);

const manifests = readdirSync(root).flatMap((folder) =>
  parseAllDocuments(readFileSync(new URL(`${folder}/manifests.yaml`, root), 'utf8')).map((document) => {
    const object = document.toJS() as KubernetesObject;
    return { folder, object, what: `${object.kind} ${object.metadata.name}` };
  }),
);

describe.runIf(hasBench())('the examples', () => {
  let raw: RawApi;
  beforeAll(() => {
    const { apiUrl = '', certificateAuthority = '', adminToken = '' } = inject('meshBench') ?? {};
    raw = new RawApi({ url: apiUrl, ca: certificateAuthority, token: adminToken });
  });
  afterAll(() => raw?.close());

  it.each(manifests)('in $folder: $what is taken by a real API server', async ({ object }) => {
    const { apiVersion, kind, metadata } = object;
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const scope = kind === 'Namespace' ? '' : '/namespaces/default';
    const plural = /s$/.test(kind) ? kind.toLowerCase() : `${kind.toLowerCase()}s`;
    const path = `${group}${scope}/${plural}?dryRun=All&fieldValidation=Strict`;
    const { namespace: _, ...rest } = metadata;
    const answer = await raw.ask('POST', path, { ...object, metadata: rest });
    expect(answer.status, answer.body).toBe(201);
  });
});
