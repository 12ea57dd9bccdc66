import { ClusterForbiddenError, WorkloadRejectedError } from '../../../core/errors.ts';
import type { KubernetesApi, RouteTarget } from '../../../core/ports.ts';
import { type Ensured, ensureOwned } from '../../eks/workload/ensure-owned.ts';
import { type Owner, rolloutAnnotation } from '../../eks/workload/names.ts';
import { ownershipOf } from '../../eks/workload/ownership.ts';
import { type Removed, removeOwned } from '../../eks/workload/remove-owned.ts';
import {
  type DestinationRule,
  destinationRuleRef,
  listDestinationRules,
  ownRuleOf,
  ruleName,
  rulesFor,
  rulingPolicy,
} from './destination-rule.ts';
import { canaryDestinationRule, type OutlierDetection } from './destination-rule-clone.ts';
import { ownRuleStands, subsetsHaveNoCanaryRule } from './destination-rule-refusals.ts';

export type CanaryHost = Pick<RouteTarget, 'namespace' | 'stableService' | 'canaryService' | 'subsets'>;

/**
 * What became of the canary's DestinationRule.
 * - `none`: there is nothing to say: stable's host has no policy, or the user's own rule covers the canary's.
 * - `unread`: Sluice may not read DestinationRules. The preflight has said so.
 */
export type EnsuredRule = Ensured | 'none' | 'unread';

/**
 * Gives the canary's host the DestinationRule that stable's has: to Istio it is another host, without stable's connection pool, circuit
 * breaking, TLS and load balancing. It is made as stable's is when the canary is made; a later change of stable's is not followed, so that what
 * the canary is judged under stays the same. Idempotent. With subsets there is one host and one rule, the user's.
 *
 * @throws WorkloadRejectedError where the circuit breaking that is asked for has no place, or somebody else has a rule of the canary's name.
 * @throws FencedError, WriteConflictError, ClusterUnavailableError, and where circuit breaking is asked for ClusterForbiddenError.
 */
export async function ensureCanaryDestinationRule(
  api: KubernetesApi,
  hosts: CanaryHost,
  owner: Owner,
  outlierDetection: OutlierDetection | undefined,
): Promise<EnsuredRule> {
  if (hosts.subsets !== undefined) {
    if (outlierDetection === undefined) return 'none';
    throw new WorkloadRejectedError(subsetsHaveNoCanaryRule.message, { remedy: subsetsHaveNoCanaryRule.remedy });
  }
  const { namespace, canaryService } = hosts;
  const rules = await readable(() => listDestinationRules(api, namespace));
  if (rules instanceof ClusterForbiddenError) {
    if (outlierDetection === undefined) return 'unread';
    throw rules;
  }
  const ref = destinationRuleRef(namespace, canaryService);
  const wanted = wantedRule(rules, hosts, owner, outlierDetection);
  if (wanted !== undefined) return ensureOwned(api, ref, wanted, owner, () => []);
  // What an earlier run left behind must not rule this one.
  const left = rules.find(({ metadata }) => metadata.name === canaryService);
  if (left !== undefined && ownershipOf(left, owner) === 'leftover') await removeOwned(api, ref, owner);
  return 'none';
}

/**
 * Takes the canary's DestinationRule away, when its Service is gone. Idempotent. Whoever may not read rules has made none, so that is no error:
 * a role from before Sluice wrote them must not keep a rollout from its end.
 *
 * @throws WriteConflictError, ClusterUnavailableError (both retryable)
 */
export async function removeCanaryDestinationRule(api: KubernetesApi, hosts: CanaryHost, owner: Owner): Promise<Removed | 'unread'> {
  if (hosts.subsets !== undefined) return 'absent';
  const removed = await readable(() => removeOwned(api, destinationRuleRef(hosts.namespace, hosts.canaryService), owner));
  return removed instanceof ClusterForbiddenError ? 'unread' : removed;
}

async function readable<T>(ask: () => Promise<T>): Promise<T | ClusterForbiddenError> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return error;
    throw error;
  }
}

function wantedRule(rules: readonly DestinationRule[], hosts: CanaryHost, owner: Owner, outlierDetection: OutlierDetection | undefined) {
  const { namespace, stableService, canaryService } = hosts;
  const others = rules.filter((rule) => !isRuleOfRollout(rule, canaryService, owner.rollout));
  const own = ownRuleOf(others, canaryService, namespace);
  if (own !== undefined) {
    if (outlierDetection === undefined) return undefined;
    const refused = ownRuleStands(ruleName(own, namespace), canaryService);
    throw new WorkloadRejectedError(refused.message, { remedy: refused.remedy });
  }
  const stable = rulesFor(others, stableService, namespace);
  const [wildcard] = rulesFor(others, canaryService, namespace);
  if (outlierDetection === undefined && wildcard !== undefined && wildcard === stable[0]) return undefined;
  return canaryDestinationRule(rulingPolicy(stable), { ...hosts, ...owner, outlierDetection });
}

/** Whether it is the canary's rule, made by this rollout in this run or an earlier one. */
export function isRuleOfRollout({ metadata }: DestinationRule, canaryService: string, rollout: string): boolean {
  return metadata.name === canaryService && metadata.annotations?.[rolloutAnnotation] === rollout;
}
