import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import type { JsonPatchOperation, KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import { ruleTests, specTests } from '../rule-tests.ts';
import { isInserted, isInsertedByAny } from './inserted-rules.ts';
import type { Fields, Rule } from './virtual-service.ts';

/** What a rule is to be. */
export interface RuleEdit {
  readonly rule: Rule;
  /** Fields with what they are to be, undefined for those that are not to be there. */
  readonly fields: Fields;
  /** The rollout's rules that are to stand directly before it. */
  readonly inserted: readonly Fields[];
}

/** Read so loosely that the rollout's own rules are found whatever somebody has made of the others. */
const httpRules = z.looseObject({ http: z.array(z.unknown()) });
const named = z.looseObject({ name: z.string() });

interface Inserted {
  readonly index: number;
  readonly name: string;
}

/**
 * The operations that make rules what they are to be, and leave no other rule of the rollout in the object. Each holds for the list as those
 * before it have left it. Rules are tested for being those that were read; where something appears that was not there, which no operation can
 * test, the generation of the whole object is.
 *
 * @param keepsInserted leaves the rollout's own rules where they are; none is inserted then.
 */
export function editOperations(
  object: KubernetesObject,
  target: RouteTarget,
  asked: readonly RuleEdit[],
  keepsInserted = false,
): JsonPatchOperation[] {
  const edits = distinct(asked);
  const parsed = httpRules.safeParse(object['spec']);
  const http = parsed.success ? parsed.data.http : [];
  const names = http.map((rule) => named.safeParse(rule).data?.name ?? '');
  const found = names.flatMap((name, index): Inserted[] => (isInserted({ name }, target) ? [{ index, name }] : []));
  const wanted = edits.filter(({ inserted }) => inserted.length > 0).toSorted((a, b) => b.rule.index - a.rule.index);
  const isThere = ({ rule, inserted }: RuleEdit) => {
    // Rollouts that share a rule both put theirs before it, and do not take turns in that.
    const end = names.slice(0, rule.index).findLastIndex((name) => isInserted({ name }, target) || !isInsertedByAny({ name })) + 1;
    return isDeepStrictEqual(http.slice(Math.max(0, end - inserted.length), end), inserted);
  };
  const settled =
    keepsInserted || (found.length === wanted.reduce((sum, { inserted }) => sum + inserted.length, 0) && wanted.every(isThere));
  const gone = settled ? [] : found.toReversed();
  const moved = ({ kind, index }: Rule) => (kind === 'http' ? index - gone.filter((one) => one.index < index).length : index);
  const removals = gone.flatMap(({ index, name }): JsonPatchOperation[] => [
    { op: 'test', path: `/spec/http/${index}/name`, value: name },
    { op: 'remove', path: `/spec/http/${index}` },
  ]);
  const changes = edits.flatMap((edit) => fieldOperations(object, edit, `/spec/${edit.rule.kind}/${moved(edit.rule)}`));
  const insertions = (settled ? [] : wanted).flatMap(({ rule, inserted }) =>
    inserted.map((value, place): JsonPatchOperation => ({ op: 'add', path: `/spec/http/${moved(rule) + place}`, value })),
  );
  return [...(insertions.length > 0 ? specTests(object) : []), ...removals, ...changes, ...insertions];
}

/** Two routes of a spec may mean one rule, as two ports of it. */
function distinct(edits: readonly RuleEdit[]): RuleEdit[] {
  return [...new Map(edits.map((edit) => [`${edit.rule.kind} ${edit.rule.index}`, edit])).values()];
}

function fieldOperations(object: KubernetesObject, { rule, fields }: RuleEdit, at: string): JsonPatchOperation[] {
  const changed = Object.entries(fields).filter(([field, value]) => !isDeepStrictEqual(rule.whole[field], value));
  if (changed.length === 0) return [];
  const before = Object.fromEntries(changed.map(([field]) => [field, rule.whole[field]]));
  const tests = ruleTests(object, at, rule.name, { match: rule.match, route: rule.whole['route'], ...before });
  const appears = Object.values(before).includes(undefined) ? specTests(object) : [];
  const writes = changed.map(([field, value]): JsonPatchOperation => {
    const path = `${at}/${field}`;
    if (value === undefined) return { op: 'remove', path };
    return { op: before[field] === undefined ? 'add' : 'replace', path, value };
  });
  return [...appears, ...tests, ...writes];
}
