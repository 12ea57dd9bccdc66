import * as z from 'zod/mini';
import type { JsonPatchOperation, KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { GatewayRoute } from '../../../core/spec/router-spec.ts';
import { annotationPath, beforeAnnotation } from '../fence.ts';
import { rememberedRules } from '../memory.ts';
import { rememberedRule, rememberedTimeouts } from './route-rules.ts';

/**
 * What Sluice knows of one rule, in the before-annotation of its object: what it was at the claim, and what the rollout has made since, so that
 * it can be taken away without knowing the spec.
 */
const ruleMemory = z.looseObject({
  before: z.optional(rememberedRule),
  /** Fingerprints of the rules that Sluice inserted, for clusters that drop their names. */
  inserted: z.optional(z.array(z.string())),
  /** What it wrote into the rule's timeouts, and what was there before. */
  timeouts: z.optional(rememberedTimeouts),
});
export type RuleMemory = z.infer<typeof ruleMemory>;

/** By each route's key. What somebody has made unreadable counts as forgotten. */
export function recall(object: KubernetesObject, target: RouteTarget): ReadonlyMap<string, RuleMemory> {
  return new Map(
    Object.entries(rememberedRules(object, target) ?? {}).map(([key, value]): [string, RuleMemory] => {
      const parsed = ruleMemory.safeParse(value);
      return [key, parsed.success ? parsed.data : {}];
    }),
  );
}

/** Writes the memory down where it is another than the object carries; a rollout that never claimed the object and made nothing in it leaves none. */
export function memorise(
  object: KubernetesObject,
  target: RouteTarget,
  memory: ReadonlyMap<string, RuleMemory>,
): readonly JsonPatchOperation[] {
  const known = Object.entries(Object.fromEntries(memory)).filter(([, value]) => Object.values(value).some((part) => part !== undefined));
  const annotation = beforeAnnotation(target.rollout);
  const value = JSON.stringify(Object.fromEntries(known));
  const now = object.metadata.annotations?.[annotation];
  if (now === value || (now === undefined && known.length === 0)) return [];
  return [{ op: 'add', path: annotationPath(annotation), value }];
}

/** How a route of the spec is remembered on its object. */
export function routeKey(route: GatewayRoute): string {
  return [route.rule, 'path' in route ? route.path : undefined].filter((part) => part !== undefined).join(' ');
}
