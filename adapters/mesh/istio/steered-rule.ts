import { RouteRejectedError } from '../../../core/errors.ts';
import type { RouteTarget, SplitWrite } from '../../../core/ports.ts';
import type { Side } from '../../../core/traffic/split.ts';
import { cookieValue, withCookies, withoutCookies } from './affinity-cookie.ts';
import { applySplit, evacuate, withoutCanary } from './apply-split.ts';
import type { RuleEdit } from './edit-operations.ts';
import { insertedRules } from './inserted-rules.ts';
import type { RuleMemory } from './rule-memory.ts';
import { mirrorFields, resilienceFields } from './shape-fields.ts';
import type { Fields, Rule } from './virtual-service.ts';

/**
 * A rule at a split with a shape, and what is to be remembered of it. Whatever an earlier shape made of it is taken off first, so that a write
 * without a shape leaves the plain split.
 *
 * @throws RouteRejectedError where the rule cannot have that shape, or no integers say the split beside others.
 */
export function steer(rule: Rule, target: RouteTarget, write: SplitWrite, memory: RuleMemory): { edit: RuleEdit; memory: RuleMemory } {
  const { shape = {}, split, fence } = write;
  const bare = withoutCookies(rule.route, memory.route, target);
  const route = applySplit({ ...rule, route: bare }, target, split);
  const before = memory.route ?? (write.role === 'claim' ? bare : undefined);
  const remember = (fields: RuleMemory['fields']): RuleMemory => ({ ...(before === undefined ? {} : { route: before }), fields });
  if (rule.kind !== 'http') {
    if (Object.values(shape).some((part) => part !== undefined)) throw noRequests(rule);
    return { edit: { rule, fields: { route }, inserted: [] }, memory: remember({}) };
  }
  const resilience = resilienceFields(rule, memory, shape);
  const ofOthers = mirrorFields({ ...rule, route }, memory, target, {});
  const mirrors = mirrorFields({ ...rule, route }, memory, target, shape);
  const whole = present({ ...rule.whole, ...resilience.values, ...ofOthers.values });
  const { affinity, cookieFence = fence } = shape;
  const kept = affinity === undefined || split.canary === 0;
  const handing = kept ? route : withCookies(rule, route, target, affinity, (side) => cookieValue(side, cookieFence, split.canary));
  return {
    edit: {
      rule,
      fields: { route: handing, ...resilience.values, ...mirrors.values },
      inserted: insertedRules({ ...rule, route, whole }, target, write),
    },
    memory: remember({ ...resilience.fields, ...mirrors.fields }),
  };
}

/** A rule without the canary, and without all that the rollout made of it. */
export function giveBack(rule: Rule, target: RouteTarget, memory: RuleMemory): RuleEdit {
  const bare = withoutCookies(rule.route, memory.route, target);
  const route = withoutCanary({ route: bare }, target, memory.route);
  return { rule, fields: { route, ...plainFields(rule, target, memory) }, inserted: [] };
}

/** A rule that cannot be steered any more, left by the side that is not safe as far as it can be. */
export function leave(rule: Rule, target: RouteTarget, safe: Side, isNamed: boolean): RuleEdit {
  if (rule.route.length === 0) return { rule, fields: {}, inserted: [] };
  const route = withoutCookies(evacuate(rule, target, safe, isNamed), undefined, target);
  return { rule, fields: { route, ...plainFields(rule, target, { fields: {} }) }, inserted: [] };
}

function plainFields(rule: Rule, target: RouteTarget, memory: RuleMemory): Fields {
  if (rule.kind !== 'http') return {};
  return { ...resilienceFields(rule, memory, {}).values, ...mirrorFields(rule, memory, target, {}).values };
}

function noRequests({ label }: Rule): RouteRejectedError {
  return new RouteRejectedError(`The ${label} passes connections on, which have no requests to match, to copy or to try again.`, {
    remedy: 'Take match, affinity, mirrors and resilience out of the spec, or steer an http route.',
  });
}

function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
