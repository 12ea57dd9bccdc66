import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { JsonPatchOperation, KubernetesObject, RouteTarget, SplitWrite } from '../../../core/ports.ts';
import type { IstioRoute } from '../../../core/spec/router-spec.ts';
import { wholeSide } from '../../../core/traffic/split.ts';
import { fenceOperations } from '../fence.ts';
import { forgetOperations, rememberedRules, rememberOperations } from '../memory.ts';
import type { RoutePatch } from '../route-dialect.ts';
import { ruleTests } from '../rule-tests.ts';
import { applySplit, evacuate, withoutCanary } from './apply-split.ts';
import { assertNoSubset, type DestinationWeight, findRule, type HttpRule, rulesOf } from './virtual-service.ts';

/** The destinations of one rule, as they are remembered. */
const beforeRoute = z.array(z.looseObject({ destination: z.looseObject({ host: z.string() }), weight: z.optional(z.int()) }));

/**
 * The patch that brings the rules of one VirtualService to a split: tests of the fence, of each rule's identity and of its
 * destinations with their old weights, then the new destinations. If anything it was computed from has changed, the API server
 * refuses it whole (422).
 *
 * A door does what it can where somebody has made a rule unsteerable during the rollout: the tombstone, the other rules, and the canary's
 * traffic in the rules that Sluice would not touch otherwise. Reading back then tells what is wrong.
 *
 * @throws FencedError, and for other roles than a door RouteRejectedError.
 */
export function splitPatch(
  virtualService: KubernetesObject,
  refs: readonly IstioRoute[],
  target: RouteTarget,
  write: SplitWrite,
): RoutePatch {
  const fence = fenceOperations(virtualService, { rollout: target.rollout, fence: write.fence, role: write.role });
  const rules = refs.flatMap((ref) => {
    const rule = write.role === 'door' ? steerable(virtualService, ref, target) : findRule(virtualService, ref, target);
    return rule === undefined ? [] : [{ ref, rule }];
  });
  const claims = write.role === 'claim';
  if (claims)
    assertClaimable(
      virtualService,
      rules.map(({ rule }) => rule),
      target,
    );
  const before = Object.fromEntries(rules.map(({ ref, rule }) => [routeKey(ref), rule.route]));
  const remember = claims ? rememberOperations(virtualService, target, before) : [];
  const changes = rules.flatMap(({ rule }) => {
    const { route, changed } = applySplit(rule, target, write.split);
    return changed ? replaceRoute(virtualService, rule, route) : [];
  });
  if (rules.length < refs.length) changes.push(...evacuation(virtualService, new Set(rules.map(({ rule }) => rule.index)), target, write));
  const fenceMoves = fence.some((operation) => operation.op !== 'test');
  return { operations: [...fence, ...remember, ...changes], changed: fenceMoves || remember.length > 0 || changes.length > 0 };
}

/** The patch that takes the canary out of the rules, and Sluice's memory of them with it. */
export function removeCanaryPatch(
  virtualService: KubernetesObject,
  refs: readonly IstioRoute[],
  target: RouteTarget,
  fence: number,
): RoutePatch {
  // As a door: what somebody did to our fence keeps the canary out of no route, and a newer fence is refused all the same.
  const fenceMoves = fenceOperations(virtualService, { rollout: target.rollout, fence, role: 'door' });
  const remembered = rememberedRules(virtualService, target);
  const changes = refs.flatMap((ref) => {
    const rule = findRule(virtualService, ref, target);
    const route = withoutCanary(rule, target, routeBefore(remembered?.[routeKey(ref)]));
    return isDeepStrictEqual(route, rule.route) ? [] : replaceRoute(virtualService, rule, route);
  });
  const forget = forgetOperations(virtualService, target);
  const fenced = fenceMoves.every(({ op }) => op === 'test');
  return { operations: [...fenceMoves, ...changes, ...forget], changed: !fenced || changes.length + forget.length > 0 };
}

function steerable(virtualService: KubernetesObject, ref: IstioRoute, target: RouteTarget): HttpRule | undefined {
  try {
    return findRule(virtualService, ref, target);
  } catch (error) {
    if (error instanceof RouteRejectedError) return undefined;
    throw error;
  }
}

function evacuation(virtualService: KubernetesObject, done: ReadonlySet<number>, target: RouteTarget, write: SplitWrite) {
  const safe = wholeSide(write.split) ?? 'stable';
  return rulesOf(virtualService)
    .filter(({ index }) => !done.has(index))
    .flatMap((rule) => {
      const route = evacuate(rule, target, safe);
      return route === undefined ? [] : replaceRoute(virtualService, rule, route);
    });
}

function replaceRoute(virtualService: KubernetesObject, rule: HttpRule, route: readonly DestinationWeight[]): JsonPatchOperation[] {
  const at = `/spec/http/${rule.index}`;
  const tests = ruleTests(virtualService, at, rule.name, { match: rule.match, route: rule.route });
  return [...tests, { op: 'replace', path: `${at}/route`, value: route }];
}

/**
 * Refuses what a rollout cannot begin with. A route that it has claimed already is not asked any more: a rollback moves the traffic whatever
 * somebody has added since.
 *
 * @throws RouteRejectedError
 */
export function assertClaimable(virtualService: KubernetesObject, rules: readonly HttpRule[], target: RouteTarget): void {
  if (rememberedRules(virtualService, target) !== undefined) return;
  for (const rule of rules) assertNoSubset(rule, virtualService.metadata.name, target);
}

function routeBefore(remembered: unknown): readonly DestinationWeight[] | undefined {
  const parsed = beforeRoute.safeParse(remembered);
  return parsed.success ? parsed.data : undefined;
}

function routeKey(ref: IstioRoute): string {
  return ref.http ?? '';
}
