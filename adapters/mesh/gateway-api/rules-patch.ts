import { isDeepStrictEqual } from 'node:util';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { JsonPatchOperation, KubernetesObject } from '../../../core/ports.ts';
import { ruleTests, specTests } from '../rule-tests.ts';
import { isInsertedForAny, sameRules } from './inserted-rules.ts';
import { nameOf, type PlacedRule, type RouteRule, rulesOf } from './route-rules.ts';

/** What becomes of one rule. */
export interface RuleChange extends PlacedRule {
  readonly to: RouteRule;
  /** What Sluice wants directly before it. */
  readonly inserted: readonly RouteRule[];
}

/** https://gateway-api.sigs.k8s.io/reference/spec/#httproutespec: the API server refuses more. */
const limits = { rules: 16, matchesOfRule: 64, matches: 128 };

/**
 * The operations that bring the rules from what they are to what they are to be. Where only backendRefs change, they test the rule's identity
 * and what it was computed from, so that whoever writes something else meanwhile is no obstacle. Where more changes, copies of whole rules
 * depend on it all, and they test the generation of the object.
 *
 * @throws RouteRejectedError where the route has no room for the rules that are to be inserted.
 */
export function rulesPatch(
  object: KubernetesObject,
  changes: readonly RuleChange[],
  isOurs: (rule: RouteRule) => boolean,
): JsonPatchOperation[] {
  const rules = readable(object, changes);
  const replaced = changes.flatMap((change) => fieldChanges(change));
  const moved = insertions(rules, changes, isOurs);
  if (moved.length > 0) assertRoom(object, rules, changes, isOurs);
  const isOfBackendsOnly = moved.length === 0 && replaced.every(({ path }) => path.endsWith('/backendRefs'));
  if (!isOfBackendsOnly) {
    return [...specTests(object), ...replaced, ...moved];
  }
  return changes.flatMap((change) => {
    const { name, matches, backendRefs } = change.rule;
    const operations = fieldChanges(change);
    return operations.length === 0 ? [] : [...ruleTests(object, at(change.index), name, { matches, backendRefs }), ...operations];
  });
}

function readable(object: KubernetesObject, changes: readonly RuleChange[]): RouteRule[] {
  try {
    return rulesOf(object);
  } catch (error) {
    // A door with nothing to change in a shape that nobody knows.
    if (changes.length === 0) return [];
    throw error;
  }
}

function fieldChanges({ index, rule, to }: RuleChange): JsonPatchOperation[] {
  return (['backendRefs', 'filters', 'timeouts'] as const).flatMap((field): JsonPatchOperation[] => {
    if (isDeepStrictEqual(rule[field], to[field])) return [];
    const path = `${at(index)}/${field}`;
    if (to[field] === undefined) return [{ op: 'remove', path }];
    return [{ op: rule[field] === undefined ? 'add' : 'replace', path, value: to[field] }];
  });
}

/** Takes all rules of ours out, from the last one on, and puts in what is wanted; nothing where all are there already, in their places. */
function insertions(
  rules: readonly RouteRule[],
  changes: readonly RuleChange[],
  isOurs: (rule: RouteRule) => boolean,
): JsonPatchOperation[] {
  const ours = rules.flatMap((rule, index) => (isOurs(rule) ? [index] : []));
  const isThere = (change: RuleChange) => {
    // Rollouts that share a rule both put theirs before it, and do not take turns in that.
    const end = rules.slice(0, change.index).findLastIndex((rule) => isOurs(rule) || !isInsertedForAny(rule)) + 1;
    return sameRules(rules.slice(Math.max(0, end - change.inserted.length), end), change.inserted);
  };
  const wanted = changes.reduce((sum, { inserted }) => sum + inserted.length, 0);
  if (ours.length === wanted && changes.every(isThere)) return [];
  const removals = ours.toReversed().map((index): JsonPatchOperation => ({ op: 'remove', path: at(index) }));
  const fromLast = changes.toSorted((a, b) => b.index - a.index);
  const additions = fromLast.flatMap(({ index, inserted }) => {
    const place = index - ours.filter((one) => one < index).length;
    return inserted.toReversed().map((value): JsonPatchOperation => ({ op: 'add', path: at(place), value }));
  });
  return [...removals, ...additions];
}

function assertRoom(
  object: KubernetesObject,
  rules: readonly RouteRule[],
  changes: readonly RuleChange[],
  isOurs: (rule: RouteRule) => boolean,
): void {
  const inserted = changes.flatMap((change) => change.inserted);
  if (inserted.length === 0) return;
  const all = [...rules.filter((rule) => !isOurs(rule)), ...inserted];
  const matches = all.map((rule) => rule.matches?.length ?? 0);
  const total = matches.reduce((sum, count) => sum + count, 0);
  const most = Math.max(...matches);
  if (all.length <= limits.rules && most <= limits.matchesOfRule && total <= limits.matches) return;
  throw new RouteRejectedError(
    `${nameOf(object)} would have ${all.length} rules with ${total} matches, ${most} in one of them; a route holds ${limits.rules}, ${limits.matches} and ${limits.matchesOfRule}.`,
    { remedy: 'Give this service a route of its own, or leave router.match and router.affinity out of the spec.' },
  );
}

function at(index: number): string {
  return `/spec/rules/${index}`;
}
