import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import { escapeText } from './narrow.ts';
import type { RouteRule } from './route-rules.ts';
import { recall } from './rule-memory.ts';

export type InsertedKind = 'match' | 'affinity-canary' | 'affinity-stable';

/**
 * The name of a rule that Sluice inserts. Names are unique within a route, so a second steered rule of the same object has its own, and so have
 * the parts of one that holds a single match.
 *
 * @param place the route's place among those of its object, from 0.
 * @param part from 0.
 * @example insertedName('checkout', 'match', 0, 0) // sluice-checkout-match
 * @example insertedName('checkout', 'match', 1, 0) // sluice-checkout-match-2
 * @example insertedName('checkout', 'match', 0, 1) // sluice-checkout-match-1-2
 */
export function insertedName(rollout: string, kind: InsertedKind, place: number, part: number): string {
  const suffix = part > 0 ? `-${place + 1}-${part + 1}` : place > 0 ? `-${place + 1}` : '';
  return `sluice-${rollout}-${kind}${suffix}`;
}

/**
 * Tells whether a rule was inserted by this rollout: by its name, or where it has none, by its content, because CRDs older than Gateway API 1.4
 * drop the names of rules silently. https://gateway-api.sigs.k8s.io/geps/gep-995/
 */
export function insertedBy(object: KubernetesObject, target: RouteTarget): (rule: RouteRule) => boolean {
  const fingerprints = new Set([...recall(object, target).values()].flatMap(({ inserted = [] }) => inserted));
  const named = new RegExp(`^sluice-${escapeText(target.rollout)}-(match|affinity-canary|affinity-stable)(-\\d+){0,2}$`);
  return (rule) => (rule.name === undefined ? fingerprints.size > 0 && fingerprints.has(fingerprint(rule)) : named.test(rule.name));
}

/** Whether a rule was inserted by Sluice for whichever rollout: such a one is never the rule that a spec means. */
export function isInsertedForAny({ name }: RouteRule): boolean {
  return name !== undefined && /^sluice-.+-(match|affinity-canary|affinity-stable)(-\d+){0,2}$/.test(name);
}

/** The same for the same rule, with or without its name, in whichever order its fields are. */
export function fingerprint({ name: _, ...rule }: RouteRule): string {
  return createHash('sha256').update(canonical(rule)).digest('hex').slice(0, 16);
}

/** Whether rules that stand on an object are those that are wanted: a name that the API server dropped makes no difference. */
export function sameRules(found: readonly RouteRule[], wanted: readonly RouteRule[]): boolean {
  return (
    found.length === wanted.length &&
    wanted.every(({ name, ...rule }, index) => {
      const { name: foundName, ...foundRule } = found[index] ?? {};
      return (foundName === undefined || foundName === name) && isDeepStrictEqual(foundRule, rule);
    })
  );
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
