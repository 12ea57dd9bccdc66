import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import type { JsonPatchOperation, KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { IstioRoute } from '../../../core/spec/router-spec.ts';
import { annotationPath, beforeAnnotation } from '../fence.ts';
import { rememberedRules } from '../memory.ts';
import { type DestinationWeight, destinationWeights } from './virtual-service.ts';

/** A field of a rule that the rollout wrote: what it was before, and what was written. What was not there is left out. */
const fieldMemory = z.strictObject({ was: z.optional(z.unknown()), wrote: z.optional(z.unknown()) });
type FieldMemory = z.infer<typeof fieldMemory>;

const ruleMemory = z.strictObject({ route: z.optional(destinationWeights), fields: z.record(z.string(), fieldMemory) });

/** What is remembered of one rule: its destinations when the rollout claimed it, and what was written on it besides. */
export interface RuleMemory {
  readonly route?: readonly DestinationWeight[] | undefined;
  readonly fields: Readonly<Record<string, FieldMemory>>;
}

/**
 * What is remembered of the rule that a spec's route means. Destinations alone are written as a list, and were so before Sluice wrote
 * anything besides: a rollout that began under that version goes on (O6).
 */
export function memoryOf(remembered: Readonly<Record<string, unknown>> | undefined, ref: IstioRoute): RuleMemory {
  const found = remembered?.[routeKey(ref)];
  const route = destinationWeights.safeParse(found);
  if (route.success) return { route: route.data, fields: {} };
  const whole = ruleMemory.safeParse(found);
  return whole.success ? whole.data : { fields: {} };
}

/** The operation that writes the memory of rules down on the object, where it says something else. */
export function memoryOperations(
  object: KubernetesObject,
  target: RouteTarget,
  memories: readonly { readonly ref: IstioRoute; readonly memory: RuleMemory }[],
): JsonPatchOperation[] {
  const before = rememberedRules(object, target);
  const after: Record<string, unknown> = { ...before };
  for (const { ref, memory } of memories) {
    const { route, fields } = memory;
    if (Object.keys(fields).length > 0) after[routeKey(ref)] = memory;
    else if (route !== undefined) after[routeKey(ref)] = route;
  }
  const text = JSON.stringify(after);
  if (isDeepStrictEqual(JSON.parse(text), before ?? {})) return [];
  return [{ op: 'add', path: annotationPath(beforeAnnotation(target.rollout)), value: text }];
}

function routeKey({ http, tcp, tls }: IstioRoute): string {
  if (tcp !== undefined) return `tcp ${tcp.port ?? ''}`;
  return tls === undefined ? (http ?? '') : `tls ${tls.sniHost ?? ''}`;
}
