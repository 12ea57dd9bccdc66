import * as z from 'zod/mini';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { RouteTarget } from '../../../core/ports.ts';
import { withFilters } from './affinity.ts';
import { type BackendRef, type Filter, isBackend, pairOf, type RouteRule } from './route-rules.ts';

const mirror = z.looseObject({
  type: z.literal('RequestMirror'),
  requestMirror: z.looseObject({
    backendRef: z.looseObject({
      group: z.optional(z.string()),
      kind: z.optional(z.string()),
      name: z.string(),
      namespace: z.optional(z.string()),
    }),
    percent: z.optional(z.int()),
    fraction: z.optional(z.looseObject({ numerator: z.int(), denominator: z.optional(z.int()) })),
  }),
});

/**
 * A rule that copies so many of totalWeight requests to the canary. `percent` says it where the total is 100, and `fraction` otherwise; both are
 * standard since Gateway API 1.3 (https://gateway-api.sigs.k8s.io/geps/gep-3171/), and before that a mirror copies everything.
 *
 * @throws RouteRejectedError where the rule mirrors to somewhere else: not every mesh takes a second mirror.
 */
export function withMirror(rule: RouteRule, target: RouteTarget, mirrorWeight: number): RouteRule {
  const filters = rule.filters ?? [];
  if (filters.some(({ type }) => type === 'RequestMirror')) {
    throw new RouteRejectedError('The rule mirrors its requests to somebody else already.', {
      remedy: 'Take that filter away for the time of the rollout, or leave mirrorWeight out of the plan.',
    });
  }
  const { port } = pairOf(rule, target).stable ?? {};
  const backendRef = { group: '', kind: 'Service', name: target.canaryService, ...(port === undefined ? {} : { port }) };
  const share =
    target.totalWeight === 100 ? { percent: mirrorWeight } : { fraction: { numerator: mirrorWeight, denominator: target.totalWeight } };
  return { ...rule, filters: [...filters, { type: 'RequestMirror', requestMirror: { backendRef, ...share } }] };
}

/** A rule that copies nothing to the canary. @param before what its filters were at the claim. */
export function withoutMirror(rule: RouteRule, target: RouteTarget, before: readonly Filter[] | undefined): RouteRule {
  const { filters = [] } = rule;
  const kept = filters.filter((filter) => mirrorToCanary(filter, target) === undefined);
  return kept.length === filters.length ? rule : withFilters(rule, kept, before);
}

/** Whether the rule's mirror to the canary says how much it copies: without that it copies everything. */
export function isWholeMirror({ filters = [] }: RouteRule, target: RouteTarget): boolean {
  return filters.some((filter) => {
    const found = mirrorToCanary(filter, target);
    return found !== undefined && found.percent === undefined && found.fraction === undefined;
  });
}

function mirrorToCanary(filter: Filter, target: RouteTarget) {
  const parsed = mirror.safeParse(filter);
  if (!parsed.success) return undefined;
  const { requestMirror } = parsed.data;
  const ref: BackendRef = requestMirror.backendRef;
  return isBackend(ref, target.canaryService, target) ? requestMirror : undefined;
}
