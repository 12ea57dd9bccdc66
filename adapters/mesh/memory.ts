import * as z from 'zod/mini';
import { isNestedDeeper } from '../../core/nesting.ts';
import type { JsonPatchOperation, KubernetesObject, RouteTarget } from '../../core/ports.ts';
import { annotationPath, beforeAnnotation } from './fence.ts';

const remembered = z.record(z.string(), z.unknown());

/** Levels. Rules have about ten; whoever writes thousands into the annotation wants a stack to overflow. */
const deepestRules = 100;

/** What the rules of one object were when the rollout claimed it, by each route's key in the spec; undefined where it is not claimed, or forgotten. */
export function rememberedRules(
  object: KubernetesObject,
  target: Pick<RouteTarget, 'rollout'>,
): Readonly<Record<string, unknown>> | undefined {
  const text = object.metadata.annotations?.[beforeAnnotation(target.rollout)];
  if (text === undefined) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return isNestedDeeper(json, deepestRules) ? undefined : remembered.parse(json);
  } catch {
    return undefined;
  }
}

/** At the claim, the rules are written down on the object itself, so that giving them back needs no other memory. */
export function rememberOperations(
  object: KubernetesObject,
  target: Pick<RouteTarget, 'rollout'>,
  before: Readonly<Record<string, unknown>>,
): JsonPatchOperation[] {
  if (rememberedRules(object, target) !== undefined) return [];
  return [{ op: 'add', path: annotationPath(beforeAnnotation(target.rollout)), value: JSON.stringify(before) }];
}

export function forgetOperations(object: KubernetesObject, target: Pick<RouteTarget, 'rollout'>): JsonPatchOperation[] {
  const annotation = beforeAnnotation(target.rollout);
  return object.metadata.annotations?.[annotation] === undefined ? [] : [{ op: 'remove', path: annotationPath(annotation) }];
}
