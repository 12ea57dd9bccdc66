import { disruptionBudget } from '../../../core/preflight/disruption-budgets.ts';
import { serviceIntentions } from '../../../core/preflight/policies/consul-intentions.ts';
import { authorizationPolicy, requestAuthentication } from '../../../core/preflight/policies/istio-policies.ts';
import { linkerdServer } from '../../../core/preflight/policies/linkerd-servers.ts';
import { peerAuthentication } from '../../../core/preflight/policies/mutual-tls.ts';
import { networkPolicy, securityGroupPolicy } from '../../../core/preflight/policies/network-policies.ts';
import { resourceQuota } from '../../../core/preflight/resource-quotas.ts';
import { plainService } from '../../../core/preflight/stable-objects.ts';
import type { Kind } from './list-kind.ts';

/** What a preflight reads besides the routes and the workload. The Role in stacks/cluster-access/ allows `list` on each of them. */

function kind<T>(apiVersion: string, name: string, resource: string, schema: Kind<T>['schema']): Kind<T> {
  return { kind: name, apiVersion, resource, schema };
}

const istioSecurity = 'security.istio.io/v1';

export const services = kind('v1', 'Service', 'services', plainService);
export const resourceQuotas = kind('v1', 'ResourceQuota', 'resourcequotas', resourceQuota);
export const disruptionBudgets = kind('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', disruptionBudget);
export const networkPolicies = kind('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', networkPolicy);
export const securityGroupPolicies = kind(
  'vpcresources.k8s.aws/v1beta1',
  'SecurityGroupPolicy',
  'securitygrouppolicies',
  securityGroupPolicy,
);
export const authorizationPolicies = kind(istioSecurity, 'AuthorizationPolicy', 'authorizationpolicies', authorizationPolicy);
export const peerAuthentications = kind(istioSecurity, 'PeerAuthentication', 'peerauthentications', peerAuthentication);
export const requestAuthentications = kind(istioSecurity, 'RequestAuthentication', 'requestauthentications', requestAuthentication);
/** Served since Linkerd 2.15. */
export const linkerdServers = kind('policy.linkerd.io/v1beta3', 'Server', 'servers', linkerdServer);
export const intentions = kind('consul.hashicorp.com/v1alpha1', 'ServiceIntentions', 'serviceintentions', serviceIntentions);
