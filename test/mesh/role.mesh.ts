import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResourceRef } from '../../core/ports.ts';
import { attachCluster, servesOrSays } from './bench/attach.ts';
import type { FreshNamespace, MeshCluster } from './bench/types.ts';

const isServed = servesOrSays('what the shipped Role gives', ['networking.istio.io/v1/VirtualService']);

describe.runIf(isServed)('the shipped Role, by the RBAC of a real API server,', () => {
  let cluster: MeshCluster;
  let namespace: FreshNamespace;
  const ref = (apiVersion: string, resource: string, name = 'web'): ResourceRef => {
    return { apiVersion, resource, namespace: namespace.name, name };
  };
  const virtualService = () => ref('networking.istio.io/v1', 'virtualservices');

  beforeAll(async () => {
    cluster = await attachCluster();
    namespace = await cluster.freshNamespace('role');
    const metadata = { name: 'web' };
    const http = [{ route: [{ destination: { host: 'web' } }] }];
    await namespace.apply([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: 'web' } },
          template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'registry.example.com/web:v1' }] } },
        },
      },
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata,
        spec: { hosts: ['web.example.com'], gateways: ['nobodys'], http },
      },
    ]);
  });
  afterAll(async () => {
    await namespace?.remove();
    await cluster?.detach();
  });

  it('gives Sluice what it names', async () => {
    const deployment = await cluster.sluice.read(ref('apps/v1', 'deployments'));
    expect(deployment?.metadata.name).toBe('web');
    expect(await cluster.sluice.list(ref('discovery.k8s.io/v1', 'endpointslices'), 'kubernetes.io/service-name=web')).toEqual([]);
    const patch = { metadata: { annotations: { seen: 'yes' } } };
    expect(await cluster.sluice.write({ mergePatch: virtualService(), patch })).toMatchObject({ status: 'written' });
  });

  it.each([
    ['secrets', () => cluster.sluice.list({ apiVersion: 'v1', resource: 'secrets', namespace: namespace.name }, '')],
    ['the deletion of a route', () => cluster.sluice.remove(virtualService(), { uid: 'any' })],
    ['objects of another namespace', () => cluster.sluice.read({ ...ref('apps/v1', 'deployments'), namespace: 'kube-system' })],
    [
      'roles',
      () =>
        cluster.sluice.write({
          mergePatch: ref('rbac.authorization.k8s.io/v1', 'roles', 'sluice'),
          patch: { rules: [] },
        }),
    ],
  ])('forbids Sluice %s', async (_, act) => {
    await expect(act()).rejects.toMatchObject({ name: 'ClusterForbiddenError' });
  });
});
