import { describe, expect, it } from 'vitest';
import { listenOnLoopback } from '../../../../sandbox/traffic/loopback-server.ts';
import { applyObjects, objectsOf } from './apply.ts';
import { RawApi } from './raw-api.ts';

describe('manifests', () => {
  it('may be YAML of several documents, empty ones among them', () => {
    const yaml = 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\n---\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: b }\n';
    expect(objectsOf(yaml).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['Service a', 'Pod b']);
  });

  it('are refused where one is no object', () => {
    expect(() => objectsOf('kind: Service')).toThrow(expect.objectContaining({ name: 'InvalidInputError' }));
  });
});

it('applies each at the address that the API names for its kind, and asks for that once', async () => {
  const asked: string[] = [];
  const server = await listenOnLoopback((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const resources = [
      { name: 'deployments/status', kind: 'Deployment', namespaced: true },
      { name: 'deployments', kind: 'Deployment', namespaced: true },
    ];
    response.end(JSON.stringify(request.method === 'GET' ? { resources } : {}));
  });
  const api = new RawApi({ url: `http://127.0.0.1:${server.port}` });
  const deployment = (metadata: { name: string; namespace?: string }) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata });
  await applyObjects(api, [deployment({ name: 'a' }), deployment({ name: 'b', namespace: 'other' })], 'shop');
  const query = 'fieldManager=mesh-bench&force=true';
  expect(asked).toEqual([
    'GET /apis/apps/v1',
    `PATCH /apis/apps/v1/namespaces/shop/deployments/a?${query}`,
    `PATCH /apis/apps/v1/namespaces/other/deployments/b?${query}`,
  ]);
  await expect(applyObjects(api, [{ apiVersion: 'apps/v1', kind: 'Unknown', metadata: { name: 'c' } }])).rejects.toMatchObject({
    name: 'InvalidInputError',
  });
  api.close();
  await server.close();
});
