import { isDeepStrictEqual } from 'node:util';
import { ClusterForbiddenError } from '../../../core/errors.ts';
import type { KubernetesApi, RouteTarget } from '../../../core/ports.ts';
import type { Finding } from '../../../core/preflight/finding.ts';
import {
  type DestinationRule,
  isSelective,
  listDestinationRules,
  ownRuleOf,
  ruleName,
  rulesFor,
  rulingPolicy,
} from './destination-rule.ts';
import { isHalfWrittenHost } from './destination-rule-host.ts';
import { findMisplacedFields } from './destination-rule-misplaced.ts';
import { parityFindings } from './destination-rule-parity.ts';
import { isRuleOfRollout } from './destination-rule-policies.ts';
import { nameIsTaken, type Refusal } from './destination-rule-refusals.ts';
import { subsetFindings, subsetHostFindings, subsetParity } from './destination-rule-subsets.ts';

/**
 * What the DestinationRules of the namespace say against a rollout, or let expect, whatever its spec asks for: subsets that are missing or
 * select wrongly, a host with two rules, fields that have no effect, and the two sides ruled differently. Where they may not be read, that is
 * a finding; where the cluster does not serve them there are none. Circuit breaking is destination-rule-outlier-detection.ts'.
 *
 * @throws ClusterUnavailableError
 */
export async function inspectDestinationRules(api: KubernetesApi, target: RouteTarget): Promise<Finding[]> {
  const { namespace, subsets } = target;
  try {
    const all = await listDestinationRules(api, namespace);
    const rules = all.filter((rule) => !isRuleOfRollout(rule, target.canaryService, target.rollout));
    if (subsets === undefined) return hostFindings(rules, target);
    const withSubsets = { namespace, subsets };
    const host = await subsetHostFindings(api, withSubsets);
    const ofHost = rulesFor(rules, subsets.host, namespace).filter((rule) => !isSelective(rule));
    return [
      ...host,
      ...subsetFindings(ofHost, withSubsets),
      ...subsetParity(ofHost, withSubsets),
      ...generalFindings(rules, subsets.host, namespace),
    ];
  } catch (error) {
    if (!(error instanceof ClusterForbiddenError)) throw error;
    return [
      {
        severity: 'unread',
        subject: `DestinationRules of namespace ${namespace}`,
        message: `Whether the mesh treats both sides alike is not known, and the canary gets no copy of stable's policy. ${error.message}`,
        remedy: 'Apply the Role that Sluice ships (stacks/cluster-access/rbac.yaml) in this namespace.',
      },
    ];
  }
}

function hostFindings(rules: readonly DestinationRule[], target: RouteTarget): Finding[] {
  const { namespace, stableService, canaryService } = target;
  const stable = rulesFor(rules, stableService, namespace);
  const policy = rulingPolicy(stable);
  const findings = [...generalFindings(rules, stableService, namespace), ...selectiveFindings(rules, target)];
  const own = ownRuleOf(rules, canaryService, namespace);
  if (own !== undefined) {
    const sides = [
      { name: stableService, policy: policy?.spec.trafficPolicy ?? {} },
      { name: canaryService, policy: own.spec.trafficPolicy ?? {} },
    ] as const;
    return [...findings, ...parityFindings(ruleName(own, namespace), ...sides)];
  }
  const taken = rules.find(({ metadata }) => metadata.name === canaryService);
  if (policy === undefined || taken === undefined) return findings;
  return [...findings, { severity: 'refusal', subject: ruleName(taken, namespace), ...nameIsTaken }];
}

/** What is to be known of the rules of one host, whatever the rollout makes of them. */
function generalFindings(rules: readonly DestinationRule[], service: string, namespace: string): Finding[] {
  const ruling = rulesFor(rules, service, namespace);
  const everybodys = ruling.filter((rule) => !isSelective(rule));
  const half = rules.filter(({ spec }) => isHalfWrittenHost(spec.host, service, namespace));
  return [
    ...(everybodys.length > 1 ? [ruledTwice(everybodys, service, namespace)] : []),
    ...half.map((rule) => warning(ruleName(rule, namespace), halfWritten(rule.spec.host, service, namespace))),
    ...[...ruling, ...half].flatMap((rule) => findMisplacedFields(rule, namespace)),
  ];
}

function ruledTwice(rules: readonly DestinationRule[], service: string, namespace: string): Finding {
  const names = rules.map(({ metadata }) => metadata.name);
  const policy = rulingPolicy(rules);
  return warning(`DestinationRules ${names.join(', ')} of namespace ${namespace}`, {
    message: `All of them rule ${service}. Istio takes the oldest policy${policy === undefined ? '' : `, that of ${policy.metadata.name},`} and of the others no more than subsets of other names.`,
    remedy: 'Make one of them.',
  });
}

/** A rule with a workloadSelector is for some callers only. One copy is made, of the rule for all others where there is one. */
function selectiveFindings(rules: readonly DestinationRule[], { namespace, stableService, canaryService }: RouteTarget): Finding[] {
  const stable = rulesFor(rules, stableService, namespace);
  const copied = rulingPolicy(stable);
  const canary = rulesFor(rules, canaryService, namespace);
  const isMatched = ({ spec }: DestinationRule) =>
    canary.some((rule) => isDeepStrictEqual(rule.spec.workloadSelector, spec.workloadSelector));
  const left = stable.filter((rule) => isSelective(rule) && rule !== copied && rule.spec.trafficPolicy != null && !isMatched(rule));
  return left.map((rule) =>
    warning(ruleName(rule, namespace), {
      message: `It has a workloadSelector, and is not copied for ${canaryService}: the callers that it selects reach the canary under the rule of all others.`,
      remedy: `Make one like it with host: ${canaryService}, if that matters for those callers.`,
    }),
  );
}

function halfWritten(host: string, service: string, namespace: string): Refusal {
  return {
    message: `Its host ${host} is no host to Istio, which completes a name without dots only: the rule has no effect.`,
    remedy: `Write ${service}, or ${service}.${namespace}.svc.cluster.local.`,
  };
}

function warning(subject: string, said: Refusal): Finding {
  return { severity: 'warning', subject, ...said };
}
