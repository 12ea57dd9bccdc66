import * as z from 'zod/mini';
import type { JsonPatchOperation, KubernetesObject, RouteTarget, SplitWrite } from '../../../core/ports.ts';
import type { RouteRef } from '../../../core/spec/rollout-spec.ts';
import { annotationPath, beforeAnnotation, fenceOperations } from '../fence.ts';
import { applySplit, withoutCanary } from './apply-split.ts';
import { type DestinationWeight, findRule, type HttpRule } from './virtual-service.ts';

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
 */
export function splitPatch(
  virtualService: KubernetesObject,
  refs: readonly RouteRef[],
  target: RouteTarget,
  write: SplitWrite,
): RoutePatch {
  const fence = fenceOperations(virtualService, { rollout: target.rollout, fence: write.fence, role: write.role });
  const rules = refs.map((ref) => ({ ref, rule: findRule(virtualService, ref, target) }));
  const remember = write.role === 'claim' ? rememberOperations(virtualService, rules, target) : [];
  const changes = rules.flatMap(({ rule }) => {
    const { route, changed } = applySplit(rule, target, write.split);
    return changed ? [...identityTests(rule), replaceRoute(rule, route)] : [];
  });
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
  const fenceTests = fenceOperations(virtualService, { rollout: target.rollout, fence, role: 'owner' });
  const remembered = rememberedRoutes(virtualService, target);
  const changes = refs.flatMap((ref) => {
    const rule = findRule(virtualService, ref, target);
    const route = withoutCanary(rule, target, remembered?.[routeKey(ref)]);
    return JSON.stringify(route) === JSON.stringify(rule.route) ? [] : [...identityTests(rule), replaceRoute(rule, route)];
  });
  const annotation = beforeAnnotation(target.rollout);
  const forget: JsonPatchOperation[] =
    virtualService.metadata.annotations?.[annotation] === undefined ? [] : [{ op: 'remove', path: annotationPath(annotation) }];
  return { operations: [...fenceTests, ...changes, ...forget], changed: changes.length + forget.length > 0 };
}

/** The rule must still be the one that was read: its place in the list says nothing, since somebody may insert one before it. */
function identityTests(rule: HttpRule): JsonPatchOperation[] {
  const at = `/spec/http/${rule.index}`;
  const identity: JsonPatchOperation[] = [];
  if (rule.name !== undefined) identity.push({ op: 'test', path: `${at}/name`, value: rule.name });
  if (rule.match !== undefined) identity.push({ op: 'test', path: `${at}/match`, value: rule.match });
  return [...identity, { op: 'test', path: `${at}/route`, value: rule.route }];
}

function replaceRoute(rule: HttpRule, route: readonly DestinationWeight[]): JsonPatchOperation {
  return { op: 'replace', path: `/spec/http/${rule.index}/route`, value: route };
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
