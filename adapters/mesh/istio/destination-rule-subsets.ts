import type { KubernetesApi, RouteTarget } from '../../../core/ports.ts';
import type { Finding } from '../../../core/preflight/finding.ts';
import { serviceRef, sideLabel } from '../../eks/workload/names.ts';
import { parseAs } from '../../eks/workload/parse-as.ts';
import { service } from '../../eks/workload/schemas.ts';
import { type DestinationRule, destinationRuleRef, ruleName, rulingPolicy } from './destination-rule.ts';
import { parityFindings } from './destination-rule-parity.ts';

type Subsets = NonNullable<RouteTarget['subsets']>;
type Target = Pick<RouteTarget, 'namespace'> & { readonly subsets: Subsets };

const sides = ['stable', 'canary'] as const;

/**
 * What of the subsets between which a route is to split is missing, or would send requests to the wrong side: a route that names a subset
 * which nobody defines answers 503, and one that selects both sides makes the weight a lie.
 *
 * @param rules - those of the subsets' host, as Istio merges them: of two subsets of one name the first counts.
 */
export function subsetFindings(rules: readonly DestinationRule[], target: Target): Finding[] {
  const { namespace, subsets } = target;
  const [first] = rules;
  const subject = first === undefined ? `DestinationRule ${namespace}/${subsets.host}` : ruleName(first, namespace);
  const refusal = (message: string): Finding => ({ severity: 'refusal', subject, message, remedy: remedyOf(first, target) });
  if (first === undefined) return [refusal(`No DestinationRule of namespace ${namespace} defines subsets of ${subsets.host}.`)];
  const defined = rules.flatMap(({ spec }) => spec.subsets ?? []);
  return sides.flatMap((side) => {
    const name = subsets[side];
    const found = defined.find((subset) => subset.name === name);
    if (found === undefined) return [refusal(`It defines no subset ${name}, to which the routes send the requests for ${side}.`)];
    const label = found.labels?.[sideLabel];
    if (label === side) return [];
    return [refusal(`Its subset ${name} ${label === undefined ? 'does not select' : `selects ${label}, not ${side},`} by ${sideLabel}.`)];
  });
}

/** Where the two subsets are ruled differently: what a subset's own policy says takes the place of the rule's, field by field. */
export function subsetParity(rules: readonly DestinationRule[], { namespace, subsets }: Target): Finding[] {
  const [first] = rules;
  if (first === undefined) return [];
  const whole = rulingPolicy(rules)?.spec.trafficPolicy ?? {};
  const defined = rules.flatMap(({ spec }) => spec.subsets ?? []);
  const sideOf = (name: string) => {
    const policy = defined.find((subset) => subset.name === name)?.trafficPolicy ?? {};
    return { name: `subset ${name}`, policy: { ...whole, ...policy } };
  };
  return parityFindings(ruleName(first, namespace), sideOf(subsets.stable), sideOf(subsets.canary));
}

/** The Service over both sides, which the subsets divide: it must not select one of them. @throws as the API does */
export async function subsetHostFindings(api: KubernetesApi, { namespace, subsets }: Target): Promise<Finding[]> {
  const subject = `Service ${namespace}/${subsets.host}`;
  const found = await api.read(serviceRef(namespace, subsets.host));
  if (found === undefined) {
    const remedy = 'Make one whose selector finds the pods of both sides, or correct router.subsets.host.';
    return [{ severity: 'refusal', subject, message: 'There is no such Service, of which the routes could name subsets.', remedy }];
  }
  const side = parseAs(service, found).spec.selector?.[sideLabel];
  if (side === undefined) return [];
  return [
    {
      severity: 'refusal',
      subject,
      message: `It selects ${sideLabel}: ${side}, so that the other side's subset would be empty.`,
      remedy: `Split between subsets of a Service over both sides, whose selector leaves ${sideLabel} out, or leave router.subsets out of the spec.`,
    },
  ];
}

function remedyOf(rule: DestinationRule | undefined, { namespace, subsets }: Target): string {
  const list = sides.flatMap((side) => [`    - name: ${subsets[side]}`, '      labels:', `        ${sideLabel}: ${side}`]);
  if (rule !== undefined) return ['Let it say:', 'spec:', '  subsets:', ...list].join('\n');
  const { apiVersion } = destinationRuleRef(namespace, subsets.host);
  const head = [`apiVersion: ${apiVersion}`, 'kind: DestinationRule', `metadata: { name: ${subsets.host}, namespace: ${namespace} }`];
  return ['Apply this:', ...head, 'spec:', `  host: ${subsets.host}`, '  subsets:', ...list].join('\n');
}
