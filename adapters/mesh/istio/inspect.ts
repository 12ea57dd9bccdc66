import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { Finding } from '../../../core/preflight/finding.ts';
import { withinPair } from '../../../core/traffic/pair-share.ts';
import { splitAt } from '../../../core/traffic/split.ts';
import type { InspectObjects } from '../route-dialect.ts';
import { pairOf, remedyFor } from './apply-split.ts';
import { inspectDestinationRules } from './destination-rule-findings.ts';
import { findRule, leadsToStable } from './find-rule.ts';
import { isInserted } from './inserted-rules.ts';
import { istioRoute } from './istio-dialect.ts';
import { inspectHosts } from './same-host.ts';
import { partsOf, sidesOf } from './sides.ts';
import { type Fields, fieldsOf, nameOf, type Rule, rulesOf } from './virtual-service.ts';

/** What of VirtualServices that can be steered is to be known before they are, and of the DestinationRules that they depend on. */
export const inspectVirtualServices: InspectObjects = async (api, objects, target, weights) => {
  const ofRules = objects.flatMap(({ object, routes }) => {
    const rules = rulesOf(object).filter((rule) => !isInserted(rule, target));
    const steered = routes.map((route) => findRule(object, istioRoute(route), target));
    const steers = ({ kind, index }: Rule) => steered.some((rule) => rule.kind === kind && rule.index === index);
    return [
      ...steered.flatMap((rule) => [...unsayable(object, rule, target, weights), ...unreachable(object, rule, rules)]),
      ...rules.filter((rule) => !steers(rule) && leadsToStable(rule, target)).map((rule) => notSteered(object, rule, target)),
    ];
  });
  const ofHosts = await inspectHosts(
    api,
    objects.map(({ object }) => object),
    target,
  );
  return [...ofRules, ...ofHosts, ...(await inspectDestinationRules(api, target))];
};

function unsayable(object: KubernetesObject, rule: Rule, target: RouteTarget, weights: readonly number[]): Finding[] {
  if (partsOf(rule, target).others.length === 0) return [];
  const { totalWeight } = target;
  const pair = pairOf(rule, target);
  const pairTotal = pair.stable + pair.canary;
  const cannot = weights.filter((weight) => withinPair(splitAt(weight, totalWeight), totalWeight, pairTotal) === undefined);
  if (cannot.length === 0) return [];
  return [
    {
      severity: 'refusal',
      subject: nameOf(object),
      message: `${ruleText(rule)} gives others a share too; of the ${pairTotal} that stable and the canary have in it, ${cannot.join(' and ')} of ${totalWeight} is no whole number.`,
      remedy: remedyFor(weights, totalWeight, pairTotal),
    },
  ];
}

/** Rules are asked in their order, and the first that matches takes the request. */
function unreachable(object: KubernetesObject, rule: Rule, rules: readonly Rule[]): Finding[] {
  const first = rules.find(({ kind, index, match = [] }) => kind === rule.kind && index < rule.index && isForAll(match));
  if (first === undefined) return [];
  return [
    {
      severity: 'refusal',
      subject: nameOf(object),
      message: `${ruleText(rule)} never gets a request, because ${ruleText(first)} stands before it and takes all.`,
      remedy: `Move ${ruleText(first)} behind it, or give it a match.`,
    },
  ];
}

function isForAll(match: readonly Fields[]): boolean {
  return match.length === 0 || match.some(({ name: _, uri, ...rest }) => Object.keys(rest).length === 0 && fieldsOf(uri)['prefix'] === '/');
}

function notSteered(object: KubernetesObject, rule: Rule, target: RouteTarget): Finding {
  return {
    severity: 'warning',
    subject: nameOf(object),
    message: `${ruleText(rule)} leads to ${sidesOf(target).nameOf('stable')} too, and is not among the routes of the spec: its requests never reach the canary.`,
    remedy: 'Add it to router.routes if they should.',
  };
}

function ruleText({ kind, name, index }: Rule): string {
  return `${kind} route ${name ?? index}`;
}
