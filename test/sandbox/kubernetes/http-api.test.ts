import { describe, expect, it } from 'vitest';
import { deployment, deploymentsPath, metadataOf, route, routesPath, service, withCluster } from './cluster-for-tests.ts';

const checkout = `${deploymentsPath}/checkout`;

describe('the API, asked by a stranger', () => {
  it.each([
    ['no token', { authorization: '' }],
    ['another token', { authorization: 'Bearer other' }],
    ['another scheme', { authorization: 'Basic k8s-aws-v1.test' }],
  ])('answers %s with 401', (_what, headers) =>
    withCluster(async ({ request }) => {
      const answer = await request('GET', checkout, undefined, headers);
      expect(answer).toMatchObject({ code: 401, body: { kind: 'Status', status: 'Failure', reason: 'Unauthorized', code: 401 } });
    }),
  );

  it('asks whoever the sandbox says about a token', () =>
    withCluster(
      async ({ request }) => {
        expect((await request('GET', deploymentsPath)).code).toBe(401);
        expect((await request('GET', deploymentsPath, undefined, { authorization: 'Bearer right' })).code).toBe(200);
      },
      { acceptsToken: (token) => token === 'right' },
    ));

  it.each([
    '/apis/apps/v1/namespaces/shop/daemonsets',
    '/apis/apps/v1beta1/namespaces/shop/deployments',
    '/api/v1/namespaces/shop/secrets',
    '/api/v1/pods/checkout',
    '/apis/apps/v1/namespaces/shop/deployments/checkout/scale',
    '/version',
    '/apis/%ff',
  ])('does not find %s', (path) =>
    withCluster(async ({ request }) => {
      const answer = await request('GET', path);
      expect(answer).toMatchObject({
        code: 404,
        body: { message: 'the server could not find the requested resource', reason: 'NotFound' },
      });
    }),
  );

  it.each([
    ['POST', checkout],
    ['PATCH', deploymentsPath],
    ['DELETE', deploymentsPath],
    ['POST', '/apis/apps/v1/deployments'],
  ])('does not take %s on %s', (method, path) =>
    withCluster(async ({ request }) => expect((await request(method, path, {})).code).toBe(405)),
  );
});

describe('GET', () => {
  it('finds one object, or says that there is none', () =>
    withCluster(async ({ cluster, request }) => {
      cluster.apply(deployment('checkout'));
      const found = await request('GET', checkout);
      expect(found).toMatchObject({ code: 200, body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'checkout' } } });
      const missing = await request('GET', `${deploymentsPath}/basket`);
      expect(missing).toMatchObject({
        code: 404,
        body: {
          message: 'deployments.apps "basket" not found',
          reason: 'NotFound',
          details: { name: 'basket', group: 'apps', kind: 'deployments' },
        },
      });
    }));

  it('lists a kind by namespace and label, sorted, with the version of the whole', () =>
    withCluster(async ({ cluster, request }) => {
      for (const [name, side] of [
        ['b', 'stable'],
        ['a', 'canary'],
      ]) {
        cluster.apply({ ...service(`${name}`), metadata: { name, namespace: 'shop', labels: { side } } });
      }
      cluster.apply({ ...service('c'), metadata: { name: 'c', namespace: 'other' } });
      const names = async (path: string) => {
        const { body } = await request('GET', path);
        expect(body).toMatchObject({ kind: 'ServiceList', apiVersion: 'v1', metadata: { resourceVersion: '4' } });
        return (body['items'] as Record<string, unknown>[]).map((item) => metadataOf(item).name);
      };
      expect(await names('/api/v1/namespaces/shop/services')).toEqual(['a', 'b']);
      expect(await names('/api/v1/services')).toEqual(['c', 'a', 'b']);
      expect(await names('/api/v1/namespaces/shop/services?labelSelector=side%20in%20(canary)')).toEqual(['a']);
      expect(await names('/api/v1/namespaces/shop/services?labelSelector=side!%3Dcanary')).toEqual(['b']);
      expect((await request('GET', '/api/v1/services?labelSelector=a%20b')).code).toBe(400);
    }));

  it('leaves kind and version out of the items of built-in kinds, as the real one does', () =>
    withCluster(async ({ cluster, request }) => {
      cluster.apply(service('checkout'));
      cluster.apply(route([100, 0]));
      expect((await request('GET', '/api/v1/services')).body['items']).toEqual([expect.not.objectContaining({ kind: 'Service' })]);
      expect((await request('GET', routesPath)).body['items']).toEqual([expect.objectContaining({ kind: 'VirtualService' })]);
    }));
});

describe('the counts of requests', () => {
  it('tell method and resource, whatever the answer', () =>
    withCluster(async ({ cluster, request, jsonPatch }) => {
      await request('GET', checkout);
      await request('GET', deploymentsPath);
      await jsonPatch(`${routesPath}/checkout`, []);
      expect(cluster.requestCounts).toEqual({ 'GET deployments': 2, 'PATCH virtualservices': 1 });
    }));
});
