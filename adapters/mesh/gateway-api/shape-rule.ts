import { RouteRejectedError } from '../../../core/errors.ts';
import type { KubernetesObject, RouteTarget, SplitWrite } from '../../../core/ports.ts';
import type { TrafficShape } from '../../../core/traffic/shape.ts';
import { assertCookiesFree, cookieValue, withCookie, withoutCookie } from './affinity.ts';
import { type InsertedKind, insertedName } from './inserted-rules.ts';
import { withMirror, withoutMirror } from './mirror.ts';
import { conditionOf, cookieCondition, escapeText, narrow } from './narrow.ts';
import { type BackendRef, isBackend, pairOf, type RouteRule, type RuleMatch } from './route-rules.ts';
import type { RuleMemory } from './rule-memory.ts';
import { withoutTimeout, withTimeout } from './timeouts.ts';
import { canaryFrom, withSplit } from './weigh.ts';

export interface ShapedRule {
  readonly rule: RouteRule;
  /** What stands directly before it. */
  readonly inserted: readonly RouteRule[];
  readonly timeouts: RuleMemory['timeouts'];
}

/** The rule as it would be without Sluice's shape: no mirror to the canary, no cookie, and the timeouts that it had. */
export function withoutShape(rule: RouteRule, target: RouteTarget, { before, timeouts }: RuleMemory): RouteRule {
  const backendRefs = rule.backendRefs?.map((ref) => {
    const isCanary = isBackend(ref, target.canaryService, target);
    // The cookies of another rollout that shares the rule are its own.
    if (!isCanary && !isBackend(ref, target.stableService, target)) return ref;
    const filters = before?.backendRefs?.find((other) => isBackend(other, ref.name, target))?.filters;
    // The canary's entry was made from stable's.
    const stable = before?.backendRefs?.find((other) => isBackend(other, target.stableService, target));
    return withoutCookie(ref, filters ?? (isCanary ? stable?.filters : undefined));
  });
  const plain = backendRefs === undefined ? rule : { ...rule, backendRefs };
  return withoutMirror(withoutTimeout(plain, timeouts), target, before?.filters);
}

/**
 * A rule, taken as it is without a shape, at a split and with a shape; and the rules that go before it. Those are copies of it with narrower
 * matches and one destination. Their order counts only where two compare as many headers: what is matched goes before what stays, and a match
 * of the query, which would come second, is there again for users with a cookie.
 *
 * @param place of the route among those of its object, from 0.
 * @throws RouteRejectedError where the kind of route cannot do it, or something of somebody else is in the way.
 */
export function shapeRule(object: KubernetesObject, plain: RouteRule, place: number, target: RouteTarget, write: SplitWrite): ShapedRule {
  const { shape = {}, split, fence } = write;
  assertWithinKind(object, shape);
  const { timeoutSeconds } = shape.resilience ?? {};
  const { rule: timed, timeouts } =
    timeoutSeconds === undefined ? { rule: plain, timeouts: undefined } : withTimeout(plain, timeoutSeconds);
  const weighed = withSplit(timed, target, split);
  const rule = shape.mirrorWeight === undefined ? weighed : withMirror(weighed, target, shape.mirrorWeight);
  const { cookieFence = fence } = shape;
  const stays = cookieValue(cookieFence, { weight: split.canary });
  return {
    rule:
      shape.affinity === undefined
        ? rule
        : withCookies(rule, target, shape.affinity, { stable: stays, canary: cookieValue(cookieFence, 'canary') }),
    inserted: insertedRules(object, weighed, place, target, write, stays),
    timeouts,
  };
}

function insertedRules(
  object: KubernetesObject,
  rule: RouteRule,
  place: number,
  target: RouteTarget,
  { shape: { match = [], affinity, cookieFence } = {}, split, fence }: SplitWrite,
  stays: string,
): RouteRule[] {
  const { stable, canary } = pairOf(rule, target);
  if (stable === undefined) return [];
  const whole: RuleMatch = object.kind === 'GRPCRoute' ? {} : { path: { type: 'PathPrefix', value: '/' } };
  const narrowed = (...conditions: Parameters<typeof narrow>[2]) => narrow(rule.matches ?? [], whole, conditions);
  const copies = (kind: InsertedKind, matches: RuleMatch[], to: BackendRef): RouteRule[] =>
    (matches.length > 1 && replacesPrefix(rule) ? matches.map((one) => [one]) : [matches]).map((some, part) => ({
      ...rule,
      name: insertedName(target.rollout, kind, place, part),
      matches: some,
      backendRefs: [{ ...to, weight: 1 }],
    }));
  const toCanary = canary ?? canaryFrom(stable, target, 1);
  const cookie = affinity === undefined ? undefined : (value: string) => cookieCondition(affinity.cookie, escapeText(value));
  const matched = match.flatMap((one) => {
    const besideCookie = one.query === undefined || cookie === undefined ? [] : narrowed(conditionOf(one), cookie(stays));
    return [...narrowed(conditionOf(one)), ...besideCookie];
  });
  return [
    ...(matched.length === 0 ? [] : copies('match', matched, toCanary)),
    ...(cookie === undefined ? [] : copies('affinity-canary', narrowed(cookie(cookieValue(cookieFence ?? fence, 'canary'))), toCanary)),
    // Nobody stays on a side that has no weight.
    ...(cookie === undefined || split.stable === 0 ? [] : copies('affinity-stable', narrowed(cookie(stays)), stable)),
  ];
}

/** The API server lets a rule that replaces the prefix of a path have one match only, since another could have another prefix. */
function replacesPrefix({ filters = [], backendRefs = [] }: RouteRule): boolean {
  return JSON.stringify([filters, backendRefs.map((ref) => ref.filters)]).includes('"ReplacePrefixMatch"');
}

function withCookies(
  rule: RouteRule,
  target: RouteTarget,
  affinity: NonNullable<TrafficShape['affinity']>,
  values: { readonly stable: string; readonly canary: string },
): RouteRule {
  assertCookiesFree(rule, affinity);
  const { stable, canary } = pairOf(rule, target);
  const backendRefs = (rule.backendRefs ?? []).map((ref) => {
    if (ref === stable) return withCookie(ref, affinity, values.stable);
    return ref === canary ? withCookie(ref, affinity, values.canary) : ref;
  });
  return { ...rule, backendRefs };
}

function assertWithinKind({ kind }: KubernetesObject, { match = [], resilience = {} }: TrafficShape): void {
  if (resilience.retries !== undefined) {
    throw new RouteRejectedError('The standard routes of the Gateway API have no retries.', {
      remedy: 'Take resilience.retries out of the spec.',
    });
  }
  if (kind !== 'GRPCRoute') return;
  if (resilience.timeoutSeconds !== undefined) {
    throw new RouteRejectedError('A GRPCRoute has no timeouts: calls of gRPC carry their own deadlines.', {
      remedy: 'Take resilience.timeout out of the spec.',
    });
  }
  if (match.some(({ query }) => query !== undefined)) {
    throw new RouteRejectedError('A GRPCRoute matches no query: calls of gRPC have none.', { remedy: 'Match a header instead.' });
  }
}
