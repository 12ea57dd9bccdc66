import { ClusterForbiddenError } from '../../../core/errors.ts';
import type { KubernetesApi, RouteTarget } from '../../../core/ports.ts';
import type { Finding } from '../../../core/preflight/finding.ts';
import { listDestinationRules, ownRuleOf, ruleName, rulesFor } from './destination-rule.ts';
import { isRuleOfRollout } from './destination-rule-policies.ts';
import { nameIsTaken, ownRuleStands, type Refusal, subsetsHaveNoCanaryRule } from './destination-rule-refusals.ts';

/**
 * What speaks against circuit breaking of the canary alone, which a spec asks for by resilience.outlierDetection: it needs a DestinationRule of
 * the canary's own that Sluice may make.
 *
 * @throws ClusterUnavailableError
 */
export async function inspectOutlierDetection(api: KubernetesApi, target: RouteTarget): Promise<Finding[]> {
  const { namespace, stableService, canaryService, subsets } = target;
  if (subsets !== undefined) return [refusal(`DestinationRule ${namespace}/${subsets.host}`, subsetsHaveNoCanaryRule)];
  try {
    const all = await listDestinationRules(api, namespace);
    const rules = all.filter((rule) => !isRuleOfRollout(rule, canaryService, target.rollout));
    const own = ownRuleOf(rules, canaryService, namespace);
    if (own !== undefined) return [refusal(ruleName(own, namespace), ownRuleStands(ruleName(own, namespace), canaryService))];
    if (rulesFor(rules, stableService, namespace).length > 0) return [];
    const taken = rules.find(({ metadata }) => metadata.name === canaryService);
    return [...(taken === undefined ? [] : [refusal(ruleName(taken, namespace), nameIsTaken)]), rulesElsewhere(target)];
  } catch (error) {
    if (!(error instanceof ClusterForbiddenError)) throw error;
    return [refusal(`DestinationRules of namespace ${namespace}`, { message: error.message, remedy: error.remedy })];
  }
}

/** The canary's own rule takes the place of what would have covered both hosts from afar. */
function rulesElsewhere({ namespace, stableService, canaryService }: RouteTarget): Finding {
  return {
    severity: 'unread',
    subject: `DestinationRules outside of namespace ${namespace}`,
    message: `No rule of this namespace is for ${stableService}. Should a mesh-wide one in Istio's root namespace be, it will not hold for ${canaryService} while that has its own.`,
    remedy: `See kubectl -n istio-system get destinationrules; where one covers ${stableService}, give ${stableService} one of its own in ${namespace}.`,
  };
}

function refusal(subject: string, said: Refusal): Finding {
  return { severity: 'refusal', subject, ...said };
}
