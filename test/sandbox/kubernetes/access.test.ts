import { describe, expect, it } from 'vitest';
import type { Access, RequestAttributes } from '../../../sandbox/kubernetes/access.ts';
import { deployment, deploymentsPath, withCluster } from './cluster-for-tests.ts';

const checkout = `${deploymentsPath}/checkout`;

/** One caller, who may read Deployments and nothing else. */
function readerOnly(asked: RequestAttributes[] = []): Access {
  return {
    authenticate: (token) => (token === 'k8s-aws-v1.test' ? { user: 'reader', groups: [] } : undefined),
    authorize: (_caller, request) => {
      asked.push(request);
      return request.verb === 'get' && request.resource === 'deployments';
    },
  };
}

describe('a cluster that knows its callers', () => {
  it('answers whom it does not know with 401', () =>
    withCluster(async ({ cluster, request }) => {
      cluster.access = readerOnly();
      expect((await request('GET', checkout, undefined, { authorization: 'Bearer k8s-aws-v1.other' })).code).toBe(401);
    }));

  it('lets a caller do what it may', () =>
    withCluster(async ({ cluster, request }) => {
      cluster.apply(deployment('checkout'));
      cluster.access = readerOnly();
      expect((await request('GET', checkout)).code).toBe(200);
    }));

  it.each([
    [
      'DELETE',
      checkout,
      'deployments.apps "checkout" is forbidden: User "reader" cannot delete resource "deployments" in API group "apps" in the namespace "shop"',
    ],
    [
      'GET',
      '/api/v1/namespaces/shop/pods',
      'pods is forbidden: User "reader" cannot list resource "pods" in API group "" in the namespace "shop"',
    ],
    [
      'GET',
      '/apis/apps/v1/deployments',
      'deployments.apps is forbidden: User "reader" cannot list resource "deployments" in API group "apps" at the cluster scope',
    ],
    [
      'PATCH',
      `${checkout}/scale`,
      'deployments.apps "checkout" is forbidden: User "reader" cannot patch resource "deployments/scale" in API group "apps" in the namespace "shop"',
    ],
  ])('says as kube-apiserver does what it may not: %s %s', (method, path, message) =>
    withCluster(async ({ cluster, request }) => {
      cluster.access = readerOnly();
      expect(await request(method, path)).toMatchObject({ code: 403, body: { kind: 'Status', reason: 'Forbidden', code: 403, message } });
    }),
  );

  it('does nothing that it forbids', () =>
    withCluster(async ({ cluster, request }) => {
      cluster.apply(deployment('checkout'));
      cluster.access = readerOnly();
      await request('DELETE', checkout);
      expect(cluster.get({ apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'checkout' })).toBeDefined();
    }));

  it('asks about a kind that it does not serve, too, before it says that there is none', () =>
    withCluster(async ({ cluster, request }) => {
      const asked: RequestAttributes[] = [];
      cluster.access = readerOnly(asked);
      expect((await request('GET', '/api/v1/namespaces/shop/secrets/token')).code).toBe(403);
      expect(asked).toEqual([{ verb: 'get', group: '', resource: 'secrets', subresource: '', namespace: 'shop', name: 'token' }]);
    }));
});
