import * as z from 'zod/mini';
import { createRbac, type PolicyRule, policyRule } from '../../sandbox/kubernetes/rbac.ts';
import type { ClusterCall } from './ledger.ts';

const role = z.looseObject({ kind: z.literal('Role'), rules: z.array(policyRule) });
const someone = { user: 'a function', groups: ['sluice'] };

/** Every verb on every resource that the Role allows, one by one: `patch apps/deployments`. */
export function ruleTexts(manifests: readonly unknown[]): string[] {
  return rulesOf(manifests).flatMap((rule) =>
    rule.apiGroups.flatMap((group) =>
      rule.resources.flatMap((resource) => rule.verbs.map((verb) => `${verb} ${group === '' ? '' : `${group}/`}${resource}`)),
    ),
  );
}

/** What was asked of the cluster, in the same words. */
export function callText({ verb, group, resource, subresource }: ClusterCall): string {
  return `${verb} ${group === '' ? '' : `${group}/`}${resource}${subresource === '' ? '' : `/${subresource}`}`;
}

/** The calls that the manifests refuse, in the same words, each once. */
export function refusedBy(manifests: readonly unknown[], calls: readonly ClusterCall[]): string[] {
  const rbac = createRbac(manifests, ['shop']);
  return [...new Set(calls.filter((call) => rbac.allowing(someone, call).length === 0).map(callText))];
}

/** The manifests with other rules in their Role. */
export function withRules(manifests: readonly unknown[], change: (rules: PolicyRule[]) => PolicyRule[]): unknown[] {
  return manifests.map((manifest) => {
    const parsed = role.safeParse(manifest);
    return parsed.success ? { ...parsed.data, rules: change(parsed.data.rules) } : manifest;
  });
}

function rulesOf(manifests: readonly unknown[]): PolicyRule[] {
  return manifests.flatMap((manifest) => {
    const parsed = role.safeParse(manifest);
    return parsed.success ? parsed.data.rules : [];
  });
}
