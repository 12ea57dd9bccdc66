import { expect, it } from 'vitest';
import { ref, withCluster } from './cluster-for-tests.ts';

it.each([
  ['policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'],
  ['networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'],
  ['v1', 'ResourceQuota', 'resourcequotas'],
  ['v1', 'LimitRange', 'limitranges'],
  ['vpcresources.k8s.aws/v1beta1', 'SecurityGroupPolicy', 'securitygrouppolicies'],
  ['security.istio.io/v1', 'AuthorizationPolicy', 'authorizationpolicies'],
  ['security.istio.io/v1', 'PeerAuthentication', 'peerauthentications'],
  ['security.istio.io/v1', 'RequestAuthentication', 'requestauthentications'],
  ['linkerd.io/v1alpha2', 'ServiceProfile', 'serviceprofiles'],
  ['policy.linkerd.io/v1beta3', 'Server', 'servers'],
  ['consul.hashicorp.com/v1alpha1', 'ServiceResolver', 'serviceresolvers'],
  ['consul.hashicorp.com/v1alpha1', 'ServiceRouter', 'servicerouters'],
  ['consul.hashicorp.com/v1alpha1', 'ServiceIntentions', 'serviceintentions'],
])('the cluster keeps %s %s for whoever reads them', (apiVersion, kind, resource) =>
  withCluster(async ({ cluster, request }) => {
    const spec = { anything: [1, { goes: true }] };
    cluster.apply({ apiVersion, kind, metadata: { name: 'one', namespace: 'shop' }, spec });
    const prefix = apiVersion.includes('/') ? '/apis' : '/api';
    const { code, body } = await request('GET', `${prefix}/${apiVersion}/namespaces/shop/${resource}`);
    expect([code, body['kind']]).toEqual([200, `${kind}List`]);
    expect(cluster.get(ref(apiVersion, resource, 'one'))?.['spec']).toEqual(spec);
  }),
);
