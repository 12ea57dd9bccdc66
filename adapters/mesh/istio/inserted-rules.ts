import type { RouteTarget, SplitWrite } from '../../../core/ports.ts';
import type { Side } from '../../../core/traffic/split.ts';
import { cookieValue } from './affinity-cookie.ts';
import { type Condition, conditionOf, cookieCondition, narrowedMatch } from './narrowed-match.ts';
import { onlyTo } from './sides.ts';
import type { Fields, Rule } from './virtual-service.ts';

/** The rules that a rollout may put before the one that it steers, in their order there. */
const purposes = ['match', 'affinity-canary', 'affinity-stable'] as const;

function insertedName(target: Pick<RouteTarget, 'rollout'>, purpose: (typeof purposes)[number]): string {
  return `sluice-${target.rollout}-${purpose}`;
}

/** Whether the rollout made that rule. By its name, wherever somebody moved it. */
export function isInserted({ name }: Pick<Rule, 'name'>, target: Pick<RouteTarget, 'rollout'>): boolean {
  return purposes.some((purpose) => insertedName(target, purpose) === name);
}

/** Whether any rollout made that rule. */
export function isInsertedByAny({ name = '' }: Pick<Rule, 'name'>): boolean {
  return name.startsWith('sluice-') && purposes.some((purpose) => name.endsWith(`-${purpose}`));
}

/**
 * The rules that are to stand before the steered one: copies of it, each with its match narrowed and a single destination. A side without
 * weight keeps nobody: T1.
 *
 * @param rule the steered one, as it is but for its weights and the cookies that it hands out.
 * @throws RouteRejectedError where the rule asks something else of the same header.
 */
export function insertedRules(rule: Rule, target: RouteTarget, { shape = {}, split, fence }: SplitWrite): Fields[] {
  const copy = (purpose: (typeof purposes)[number], to: Side, conditions: readonly Condition[]): Fields => ({
    ...rule.whole,
    name: insertedName(target, purpose),
    match: narrowedMatch(rule, conditions),
    route: [onlyTo(to, rule, target)],
  });
  const { match = [], affinity, cookieFence = fence } = shape;
  const sides = (['canary', 'stable'] as const).filter((side) => split[side] > 0 && split.canary > 0);
  return [
    ...(match.length === 0 ? [] : [copy('match', 'canary', match.map(conditionOf))]),
    ...(affinity === undefined ? [] : sides).map((side) =>
      copy(`affinity-${side}`, side, [cookieCondition(affinity?.cookie ?? '', cookieValue(side, cookieFence, split.canary))]),
    ),
  ];
}
