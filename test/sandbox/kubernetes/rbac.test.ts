import { describe, expect, it } from 'vitest';
import { attributesOf, type RequestAttributes } from '../../../sandbox/kubernetes/access.ts';
import { createRbac } from '../../../sandbox/kubernetes/rbac.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';
const role = {
  apiVersion,
  kind: 'Role',
  metadata: { name: 'sluice' },
  rules: [
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'patch'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    { apiGroups: [''], resources: ['services'], resourceNames: ['checkout'], verbs: ['get', 'create'] },
  ],
};
const binding = {
  apiVersion,
  kind: 'RoleBinding',
  metadata: { name: 'sluice' },
  roleRef: { apiGroup, kind: 'Role', name: 'sluice' },
  subjects: [{ apiGroup, kind: 'Group', name: 'sluice' }],
};
const member = { user: 'SetWeight', groups: ['sluice'] };
const get: RequestAttributes = {
  verb: 'get',
  group: 'apps',
  resource: 'deployments',
  subresource: '',
  namespace: 'shop',
  name: 'checkout',
};

function allows(change: Partial<RequestAttributes>, caller = member): boolean {
  return createRbac([role, binding], ['shop']).allowing(caller, { ...get, ...change }).length > 0;
}

describe('RBAC', () => {
  it.each([
    ['what a rule names', {}, true],
    ['a verb that the rule names too', { verb: 'patch' }, true],
    ['a verb that no rule names', { verb: 'update' }, false],
    ['a subresource that no rule names', { verb: 'patch', subresource: 'scale' }, false],
    ['the kind in another group', { group: 'extensions' }, false],
    ['another namespace', { namespace: 'pay' }, false],
    ['all namespaces', { namespace: '' }, false],
    ['a collection by another rule', { verb: 'list', group: '', resource: 'pods', name: '' }, true],
    ['all of a collection at once', { verb: 'deletecollection', name: '' }, false],
    ['an object that a rule names', { group: '', resource: 'services' }, true],
    ['an object beside it', { group: '', resource: 'services', name: 'basket' }, false],
    ['a create, whose name is not known yet', { verb: 'create', group: '', resource: 'services', name: '' }, false],
  ] as const)('of %s: %o is %s', (_, change, allowed) => {
    expect(allows(change)).toBe(allowed);
  });

  it('gives nothing to who is not in the group', () => {
    expect(allows({}, { user: 'sluice', groups: [] })).toBe(false);
  });

  it.each([
    ['a kind for the whole cluster', [{ ...role, kind: 'ClusterRole' }]],
    ['a binding to a Role that is not there', [binding]],
  ])('refuses %s', (_, manifests) => {
    expect(() => createRbac(manifests, ['shop'])).toThrow('cannot be applied');
  });
});

describe('what a request is about', () => {
  const none = new URLSearchParams();

  it.each([
    ['GET', '/api/v1/namespaces/shop/pods', { verb: 'list', group: '', resource: 'pods', namespace: 'shop', name: '' }],
    [
      'GET',
      '/apis/apps/v1/namespaces/shop/deployments/checkout',
      { verb: 'get', group: 'apps', resource: 'deployments', name: 'checkout' },
    ],
    ['POST', '/api/v1/namespaces/shop/services', { verb: 'create', resource: 'services', name: '' }],
    ['PUT', '/api/v1/namespaces/shop/services/checkout', { verb: 'update' }],
    ['PATCH', '/apis/apps/v1/namespaces/shop/deployments/checkout/scale', { verb: 'patch', resource: 'deployments', subresource: 'scale' }],
    ['DELETE', '/api/v1/namespaces/shop/pods/checkout-1', { verb: 'delete', name: 'checkout-1' }],
    ['DELETE', '/api/v1/namespaces/shop/pods', { verb: 'deletecollection' }],
    ['GET', '/api/v1/namespaces/shop/persistentvolumeclaims/cache', { resource: 'persistentvolumeclaims' }],
    ['GET', '/apis/apps/v1/deployments', { verb: 'list', namespace: '' }],
  ])('%s %s', (method, path, expected) => {
    expect(attributesOf(method, path, none)).toMatchObject(expected);
  });

  it('is a watch where the query says so', () => {
    expect(attributesOf('GET', '/api/v1/namespaces/shop/pods', new URLSearchParams('watch=1'))).toMatchObject({ verb: 'watch' });
  });

  it('is no resource for such as the version', () => {
    expect(attributesOf('GET', '/version', none)).toBeUndefined();
  });
});
