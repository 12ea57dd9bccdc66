import type { KubernetesApi } from '../../core/ports.ts';
import type { Resilience } from '../../core/spec/resilience-spec.ts';
import type { RouterKind } from '../../core/spec/router-spec.ts';
import type { Owner } from '../eks/workload/names.ts';
import { type CanaryHost, ensureCanaryDestinationRule, removeCanaryDestinationRule } from './istio/destination-rule-policies.ts';

/** What a mesh must be told of the canary's host besides the routes, made before its pods and removed after its Service (T8). */
interface CanaryPolicies {
  ensure(api: KubernetesApi, hosts: CanaryHost, owner: Owner, resilience: Resilience | undefined): Promise<string>;
  remove(api: KubernetesApi, hosts: CanaryHost, owner: Owner): Promise<string>;
}

/** Linkerd's settings stand on the Service, whose clone keeps them; Consul's are those of the one service of which both sides are subsets. */
const nothing: CanaryPolicies = { ensure: async () => 'none', remove: async () => 'absent' };

const destinationRules: CanaryPolicies = {
  ensure: (api, hosts, owner, resilience) => ensureCanaryDestinationRule(api, hosts, owner, resilience?.outlierDetection),
  remove: removeCanaryDestinationRule,
};

const policies: Record<RouterKind, CanaryPolicies> = {
  istio: destinationRules,
  // Where Istio serves the Gateway API, its DestinationRules rule the backends all the same. Other gateways have none.
  gatewayApi: destinationRules,
  linkerd: nothing,
  consul: nothing,
};

/**
 * Makes the canary's policies like stable's, with what the spec asks for on top. Idempotent.
 * @returns what became of them, in a word for the log.
 * @throws WorkloadRejectedError, FencedError, ClusterForbiddenError, WriteConflictError, ClusterUnavailableError
 */
export function ensureCanaryPolicies(
  kind: RouterKind,
  api: KubernetesApi,
  canary: { readonly hosts: CanaryHost; readonly owner: Owner; readonly resilience: Resilience | undefined },
): Promise<string> {
  return policies[kind].ensure(api, canary.hosts, canary.owner, canary.resilience);
}

/**
 * Removes what ensureCanaryPolicies made, and nothing else. Idempotent.
 * @throws WriteConflictError, ClusterUnavailableError (both retryable)
 */
export function removeCanaryPolicies(
  kind: RouterKind,
  api: KubernetesApi,
  canary: { readonly hosts: CanaryHost; readonly owner: Owner },
): Promise<string> {
  return policies[kind].remove(api, canary.hosts, canary.owner);
}
