import * as z from 'zod/mini';
import type { KubernetesApi, KubernetesObject, ResourceRef } from '../../../core/ports.ts';
import { isServiceHost, wildcardCovers } from './destination-rule-host.ts';

const policy = z.record(z.string(), z.unknown());
export type TrafficPolicy = z.infer<typeof policy>;

const texts = z.record(z.string(), z.string());

/** The part of a DestinationRule that Sluice reads. https://istio.io/latest/docs/reference/config/networking/destination-rule/ */
const destinationRule = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    creationTimestamp: z.nullish(z.string()),
    labels: z.exactOptional(texts),
    annotations: z.exactOptional(texts),
  }),
  spec: z.looseObject({
    host: z.string(),
    trafficPolicy: z.nullish(policy),
    subsets: z.nullish(z.array(z.looseObject({ name: z.string(), labels: z.nullish(texts), trafficPolicy: z.nullish(policy) }))),
    exportTo: z.nullish(z.array(z.string())),
    workloadSelector: z.nullish(z.looseObject({})),
  }),
});
export type DestinationRule = z.infer<typeof destinationRule>;

export function destinationRuleRef(namespace: string, name: string): ResourceRef {
  return { apiVersion: 'networking.istio.io/v1', resource: 'destinationrules', namespace, name };
}

/** One as it is in a manifest: `DestinationRule shop/checkout`. */
export function ruleName(rule: DestinationRule, namespace: string): string {
  return `DestinationRule ${namespace}/${rule.metadata.name}`;
}

/**
 * All DestinationRules of a namespace; none where the cluster does not serve the kind. One that Istio could not read either is left out.
 * @throws ClusterUnavailableError, ClusterForbiddenError
 */
export async function listDestinationRules(api: KubernetesApi, namespace: string): Promise<DestinationRule[]> {
  const { apiVersion, resource } = destinationRuleRef(namespace, '');
  const found = await api.list({ apiVersion, resource, namespace }, '');
  return found.flatMap((object) => parseRule(object) ?? []);
}

function parseRule(object: KubernetesObject): DestinationRule | undefined {
  const parsed = destinationRule.safeParse(object);
  return parsed.success ? parsed.data : undefined;
}

/**
 * The rules that count for a Service among those of its namespace, in the order in which Istio merges them: those that name its host, or else
 * those of the longest wildcard that covers it. Rules in a caller's own namespace come before them and rules in Istio's root namespace after
 * them; Sluice reads neither.
 *
 * Source: istio, pilot/pkg/model/push_context.go (destinationRule, sortConfigBySelectorAndCreationTime)
 */
export function rulesFor(rules: readonly DestinationRule[], service: string, namespace: string): DestinationRule[] {
  const exact = rules.filter(({ spec }) => isServiceHost(spec.host, service, namespace));
  if (exact.length > 0) return exact.toSorted(asIstioMerges);
  const wild = rules.filter(({ spec }) => wildcardCovers(spec.host, service, namespace));
  const longest = Math.max(0, ...wild.map(({ spec }) => spec.host.length));
  return wild.filter(({ spec }) => spec.host.length === longest).toSorted(asIstioMerges);
}

/** The first rule for everybody that names a Service's host, and not by a wildcard. */
export function ownRuleOf(rules: readonly DestinationRule[], service: string, namespace: string): DestinationRule | undefined {
  return rulesFor(rules, service, namespace).find((rule) => isServiceHost(rule.spec.host, service, namespace) && !isSelective(rule));
}

/**
 * The rule whose policy holds for every caller: of several for one host the oldest that has a policy, without a workloadSelector, or with one
 * where no other is without. Undefined where there is no policy.
 */
export function rulingPolicy(rules: readonly DestinationRule[]): DestinationRule | undefined {
  const withPolicy = rules.filter(({ spec }) => Object.keys(spec.trafficPolicy ?? {}).length > 0);
  return withPolicy.find((rule) => !isSelective(rule)) ?? withPolicy[0];
}

/** Whether a rule holds for the callers that its workloadSelector names, and for no others. */
export function isSelective({ spec }: DestinationRule): boolean {
  return Object.keys(spec.workloadSelector ?? {}).length > 0;
}

function asIstioMerges(a: DestinationRule, b: DestinationRule): number {
  const key = ({ metadata }: DestinationRule) => `${metadata.creationTimestamp ?? ''} ${metadata.name}`;
  return key(a) < key(b) ? -1 : 1;
}
