import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { JsonPatchOperation, KubernetesObject, RouteTarget, SplitWrite } from '../../../core/ports.ts';
import type { RouteRef } from '../../../core/spec/rollout-spec.ts';
import { wholeSide } from '../../../core/traffic/split.ts';
import { annotationPath, beforeAnnotation, fenceOperations } from '../fence.ts';
import { applySplit, evacuate, withoutCanary } from './apply-split.ts';
import { assertNoSubset, type DestinationWeight, findRule, type HttpRule, rulesOf } from './virtual-service.ts';

/** The rules of one VirtualService as they were at the claim, by the route's name in the spec. */
const beforeRoutes = z.record(
  z.string(),
  z.array(z.looseObject({ destination: z.looseObject({ host: z.string() }), weight: z.optional(z.int()) })),
);

export interface RoutePatch {
  readonly operations: readonly JsonPatchOperation[];
  /** False where every weight and the fence are as they should be already. */
  readonly changed: boolean;
}

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
  refs: readonly RouteRef[],
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
  const remember = claims ? rememberOperations(virtualService, rules, target) : [];
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
  refs: readonly RouteRef[],
  target: RouteTarget,
  fence: number,
): RoutePatch {
  // As a door: what somebody did to our fence keeps the canary out of no route, and a newer fence is refused all the same.
  const fenceMoves = fenceOperations(virtualService, { rollout: target.rollout, fence, role: 'door' });
  const remembered = rememberedRoutes(virtualService, target);
  const changes = refs.flatMap((ref) => {
    const rule = findRule(virtualService, ref, target);
    const route = withoutCanary(rule, target, remembered?.[routeKey(ref)]);
    return isDeepStrictEqual(route, rule.route) ? [] : replaceRoute(virtualService, rule, route);
  });
  const annotation = beforeAnnotation(target.rollout);
  const forget: JsonPatchOperation[] =
    virtualService.metadata.annotations?.[annotation] === undefined ? [] : [{ op: 'remove', path: annotationPath(annotation) }];
  const fenced = fenceMoves.every(({ op }) => op === 'test');
  return { operations: [...fenceMoves, ...changes, ...forget], changed: !fenced || changes.length + forget.length > 0 };
}

function steerable(virtualService: KubernetesObject, ref: RouteRef, target: RouteTarget): HttpRule | undefined {
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
  return [...identityTests(virtualService, rule), { op: 'replace', path: `/spec/http/${rule.index}/route`, value: route }];
}

/**
 * The rule must still be the one that was read: its place in the list says nothing, since somebody may insert one before it. Where its
 * name and content cannot tell, the version of the whole object does: a rule without a name, which a new one before it may equal, and
 * text with `<`, `>` or `&`, which the API server compares byte by byte with what Go's encoder makes of it (`\u003c`), so that a test of
 * it holds only where whoever sends it escapes as Go does (gopkg.in/evanphx/json-patch.v4, lazyNode.equal).
 */
function identityTests(virtualService: KubernetesObject, rule: HttpRule): JsonPatchOperation[] {
  const { index, name, match, route } = rule;
  if (name === undefined || /[<>&\u2028\u2029]/.test(JSON.stringify({ name, match, route }))) {
    return [{ op: 'test', path: '/metadata/resourceVersion', value: virtualService.metadata.resourceVersion }];
  }
  const at = `/spec/http/${index}`;
  const matches: JsonPatchOperation[] = match === undefined ? [] : [{ op: 'test', path: `${at}/match`, value: match }];
  return [{ op: 'test', path: `${at}/name`, value: name }, ...matches, { op: 'test', path: `${at}/route`, value: route }];
}

/**
 * Refuses what a rollout cannot begin with. A route that it has claimed already is not asked any more: a rollback moves the traffic whatever
 * somebody has added since.
 *
 * @throws RouteRejectedError
 */
export function assertClaimable(virtualService: KubernetesObject, rules: readonly HttpRule[], target: RouteTarget): void {
  if (rememberedRoutes(virtualService, target) !== undefined) return;
  for (const rule of rules) assertNoSubset(rule, virtualService.metadata.name, target);
}

/** At the claim, the rules are written down on the object itself, so that giving them back needs no other memory. */
function rememberOperations(
  virtualService: KubernetesObject,
  rules: readonly { readonly ref: RouteRef; readonly rule: HttpRule }[],
  target: RouteTarget,
): JsonPatchOperation[] {
  if (rememberedRoutes(virtualService, target) !== undefined) return [];
  const before = Object.fromEntries(rules.map(({ ref, rule }) => [routeKey(ref), rule.route]));
  return [{ op: 'add', path: annotationPath(beforeAnnotation(target.rollout)), value: JSON.stringify(before) }];
}

function rememberedRoutes(virtualService: KubernetesObject, target: RouteTarget): z.infer<typeof beforeRoutes> | undefined {
  const text = virtualService.metadata.annotations?.[beforeAnnotation(target.rollout)];
  if (text === undefined) return undefined;
  try {
    return beforeRoutes.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function routeKey(ref: RouteRef): string {
  return ref.http ?? '';
}
