import * as z from 'zod/mini';
import { isRecord } from './json.ts';

/**
 * What the CRDs of the Gateway API fill in and refuse, as far as routers meet it.
 * Source: https://github.com/kubernetes-sigs/gateway-api/tree/main/config/crd/standard
 */
const weight = z.int().check(z.minimum(0), z.maximum(1_000_000));
const rule = z.looseObject({
  matches: z.optional(z.array(z.looseObject({})).check(z.maxLength(64))),
  backendRefs: z.optional(
    z.array(z.looseObject({ name: z.string().check(z.minLength(1)), weight: z.optional(weight) })).check(z.maxLength(16)),
  ),
  filters: z.optional(z.array(z.looseObject({ type: z.string() })).check(z.maxLength(16))),
});
export const gatewayRoute = z.looseObject({ spec: z.looseObject({ rules: z.optional(z.array(rule).check(z.maxLength(16))) }) });

const backendDefaults = { group: '', kind: 'Service' };
const parentDefaults = { group: 'gateway.networking.k8s.io', kind: 'Gateway' };

/** A route's spec with the defaults written out, as the API server stores it. */
export function withRouteDefaults(spec: Readonly<Record<string, unknown>>, kind: 'HTTPRoute' | 'GRPCRoute'): Record<string, unknown> {
  const rules = spec['rules'] ?? [{}];
  return {
    ...spec,
    ...within(spec, 'parentRefs', (ref) => ({ ...parentDefaults, ...ref })),
    ...within({ rules }, 'rules', (each) => ruleDefaults(each, kind)),
  };
}

function ruleDefaults(each: Readonly<Record<string, unknown>>, kind: 'HTTPRoute' | 'GRPCRoute'): Record<string, unknown> {
  const withMatches = kind === 'HTTPRoute' && each['matches'] === undefined ? { ...each, matches: [{}] } : each;
  return {
    ...withMatches,
    ...within(withMatches, 'matches', (match) => matchDefaults(match, kind)),
    ...within(each, 'filters', filterDefaults),
    ...within(each, 'backendRefs', (ref) => ({ ...backendDefaults, weight: 1, ...ref, ...within(ref, 'filters', filterDefaults) })),
  };
}

function matchDefaults(match: Readonly<Record<string, unknown>>, kind: 'HTTPRoute' | 'GRPCRoute'): Record<string, unknown> {
  const path = isRecord(match['path']) ? match['path'] : {};
  const exact = (each: Readonly<Record<string, unknown>>) => ({ type: 'Exact', ...each });
  return {
    ...match,
    ...(kind === 'HTTPRoute' ? { path: { type: 'PathPrefix', value: '/', ...path } } : {}),
    ...within(match, 'headers', exact),
    ...within(match, 'queryParams', exact),
  };
}

function filterDefaults(filter: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const mirror = filter['requestMirror'];
  if (!isRecord(mirror) || !isRecord(mirror['backendRef'])) return filter;
  return { ...filter, requestMirror: { ...mirror, backendRef: { ...backendDefaults, ...mirror['backendRef'] } } };
}

/** The list under a key, each record in it filled in; nothing where there is none. */
function within(
  object: Readonly<Record<string, unknown>>,
  key: string,
  fill: (each: Readonly<Record<string, unknown>>) => Record<string, unknown>,
): Record<string, unknown> {
  const list = object[key];
  return Array.isArray(list) ? { [key]: list.map((each: unknown) => (isRecord(each) ? fill(each) : each)) } : {};
}
