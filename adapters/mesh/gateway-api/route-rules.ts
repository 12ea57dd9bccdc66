import * as z from 'zod/mini';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { GatewayRoute, RouteRef } from '../../../core/spec/router-spec.ts';

/**
 * The part of an HTTPRoute or GRPCRoute (gateway.networking.k8s.io/v1) that Sluice reads. Everything else stays as it is, unknown fields too.
 * https://gateway-api.sigs.k8s.io/reference/spec/
 */
const filter = z.looseObject({ type: z.optional(z.string()) });
export type Filter = z.infer<typeof filter>;

const backendRef = z.looseObject({
  group: z.optional(z.string()),
  kind: z.optional(z.string()),
  name: z.string(),
  namespace: z.optional(z.string()),
  port: z.optional(z.int()),
  weight: z.optional(z.int().check(z.nonnegative())),
  filters: z.optional(z.array(filter)),
});
export type BackendRef = z.infer<typeof backendRef>;

const namedValue = z.looseObject({ name: z.string() });
const match = z.looseObject({
  path: z.optional(z.looseObject({ type: z.optional(z.string()), value: z.optional(z.string()) })),
  headers: z.optional(z.array(namedValue)),
  queryParams: z.optional(z.array(namedValue)),
});
export type RuleMatch = z.infer<typeof match>;

const timeouts = z.looseObject({ request: z.optional(z.string()), backendRequest: z.optional(z.string()) });
export type Timeouts = z.infer<typeof timeouts>;

const rule = z.looseObject({
  name: z.optional(z.string()),
  matches: z.optional(z.array(match)),
  filters: z.optional(z.array(filter)),
  backendRefs: z.optional(z.array(backendRef)),
  timeouts: z.optional(timeouts),
});
export type RouteRule = z.infer<typeof rule>;

/** A rule, and where it stands in the list. */
export interface PlacedRule {
  readonly index: number;
  readonly rule: RouteRule;
}

const routeSpec = z.looseObject({ rules: z.optional(z.array(rule)) });
/** What is remembered of a rule, in an annotation that anybody may have changed. */
export const rememberedRule = z.looseObject({ backendRefs: z.optional(z.array(backendRef)), filters: z.optional(z.array(filter)) });
export const rememberedTimeouts = z.looseObject({ wrote: timeouts, before: z.optional(timeouts) });

/** All rules of a route, in order. @throws RouteRejectedError where they have a shape that is not known. */
export function rulesOf(object: KubernetesObject): RouteRule[] {
  const parsed = routeSpec.safeParse(object['spec']);
  if (parsed.success) return parsed.data.rules ?? [];
  throw new RouteRejectedError(`${nameOf(object)} has a shape that Sluice does not know.`, {
    remedy: `Check it with kubectl --namespace ${object.metadata.namespace ?? ''} get ${object.kind} ${object.metadata.name} -o yaml.`,
    cause: parsed.error,
  });
}

/** @example nameOf(object) // HTTPRoute shop/checkout */
export function nameOf({ kind, metadata: { namespace = '', name } }: KubernetesObject): string {
  return `${kind} ${namespace}/${name}`;
}

/** A rule as people can find it: by its name, its path, or its place. */
export function labelOf({ rule: { name, matches = [] }, index }: PlacedRule): string {
  return name ?? matches[0]?.path?.value ?? `rule ${index + 1}`;
}

/** The core group is written as an empty text; Linkerd takes `core` too. */
export function isCoreGroup(group: string | undefined): boolean {
  return group === undefined || group === '' || group === 'core';
}

/** Whether a backendRef leads to that Service of the rollout's own namespace. One that names another namespace is somebody else's. */
export function isBackend(ref: BackendRef, service: string, { namespace }: Pick<RouteTarget, 'namespace'>): boolean {
  const { group, kind = 'Service', name, namespace: of = namespace } = ref;
  return isCoreGroup(group) && kind === 'Service' && name === service && of === namespace;
}

/** The backendRefs of stable and canary in a rule; undefined where one is not there. */
export function pairOf({ backendRefs = [] }: RouteRule, target: RouteTarget) {
  const find = (service: string) => backendRefs.find((ref) => isBackend(ref, service, target));
  return { stable: find(target.stableService), canary: find(target.canaryService) };
}

/** The schema gives each kind of router its own kind of route; one of another kind is a bug of the caller. */
export function gatewayRoute(route: RouteRef): GatewayRoute {
  if ('httpRoute' in route || 'grpcRoute' in route) return route;
  throw new TypeError(`no route of the Gateway API: ${JSON.stringify(route)}`);
}
