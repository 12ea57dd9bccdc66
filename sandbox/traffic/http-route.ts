import * as z from 'zod/mini';
import type { KubernetesObject } from '../../core/ports.ts';
import { goDuration } from './duration.ts';
import { type ParentRef, parentRef } from './gateway.ts';
import { type HeaderEdit, type HeaderEdits, noEdits } from './header-edits.ts';
import { type HttpRouteCase, routeMatch, routeMatcher } from './http-route-match.ts';
import { type Mirror, noRetries, type RouteRule } from './routes.ts';

/**
 * What the proxy obeys of the Gateway API's HTTPRoute. Filters and backends that it does not know are refused as a whole.
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/#httproute
 */
const namedValues = z._default(z.array(z.object({ name: z.string(), value: z.string() })), []);
const headerModifier = z.object({ set: namedValues, add: namedValues, remove: z._default(z.array(z.string()), []) });

const serviceRef = z.object({
  group: z._default(z.literal(''), ''),
  kind: z._default(z.literal('Service'), 'Service'),
  name: z.string(),
  namespace: z.optional(z.string()),
});
const mirrorFilter = z.object({
  backendRef: serviceRef,
  percent: z.optional(z.int().check(z.minimum(0), z.maximum(100))),
  fraction: z.optional(z.object({ numerator: z.int().check(z.minimum(0)), denominator: z._default(z.int().check(z.minimum(1)), 100) })),
});
const filters = z._default(
  z.array(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('RequestHeaderModifier'), requestHeaderModifier: headerModifier }),
      z.object({ type: z.literal('ResponseHeaderModifier'), responseHeaderModifier: headerModifier }),
      z.object({ type: z.literal('RequestMirror'), requestMirror: mirrorFilter }),
    ]),
  ),
  [],
);
type Filters = z.infer<typeof filters>;

const rule = z.object({
  name: z.optional(z.string()),
  matches: z.prefault(z.array(routeMatch), [{}]),
  filters,
  backendRefs: z.array(z.extend(serviceRef, { weight: z._default(z.int().check(z.nonnegative()), 1), filters })).check(
    z.minLength(1),
    z.refine((refs) => refs.some(({ weight }) => weight > 0), { error: 'no backend has a weight' }),
  ),
  timeouts: z.prefault(z.object({ request: z.optional(goDuration), backendRequest: z.optional(goDuration) }), {}),
});

const httpRoute = z.object({
  metadata: z.object({ creationTimestamp: z._default(z.string(), '') }),
  spec: z.object({
    parentRefs: z.array(parentRef),
    hostnames: z._default(z.array(z.string()), []),
    rules: z.array(rule),
  }),
});

export interface HttpRoute {
  readonly namespace: string;
  readonly parentRefs: readonly ParentRef[];
  /** Empty for all hosts of its parents. */
  readonly hostnames: readonly string[];
  readonly createdAt: string;
  readonly rules: readonly { readonly rule: RouteRule; readonly cases: readonly HttpRouteCase[] }[];
}

/** @throws an error that says what does not fit: the caller keeps the routes that it had. */
export function readHttpRoute(object: KubernetesObject): HttpRoute {
  const namespace = object.metadata.namespace ?? 'default';
  const { metadata, spec } = httpRoute.parse(object);
  const rules = spec.rules.map(({ name, matches, filters: ofRule, backendRefs, timeouts }, index) => {
    const cases = matches.map(routeMatcher);
    const destinations = backendRefs.map(({ weight, filters: ofBackend, ...ref }) => ({
      service: { namespace: ref.namespace ?? namespace, name: ref.name },
      weight,
      headers: editsOf(ofBackend),
      mustExist: true,
    }));
    const each: RouteRule = {
      id: name ?? `#${index}`,
      matches: (request) => cases.some(({ fits }) => fits(request)),
      destinations,
      mirrors: mirrorsOf(ofRule, namespace),
      headers: editsOf(ofRule),
      timeoutMs: timeouts.request ?? timeouts.backendRequest,
      retries: noRetries,
    };
    return { rule: each, cases };
  });
  return { namespace, parentRefs: spec.parentRefs, hostnames: spec.hostnames, createdAt: metadata.creationTimestamp, rules };
}

function editsOf(list: Filters): HeaderEdits {
  const edits = { request: noEdits.request, response: noEdits.response };
  for (const filter of list) {
    if (filter.type === 'RequestHeaderModifier') edits.request = editOf(filter.requestHeaderModifier);
    if (filter.type === 'ResponseHeaderModifier') edits.response = editOf(filter.responseHeaderModifier);
  }
  return edits;
}

function editOf({ set, add, remove }: z.infer<typeof headerModifier>): HeaderEdit {
  const pairs = (values: typeof set) => values.map(({ name, value }) => [name, value] as const);
  return { set: pairs(set), add: pairs(add), remove };
}

function mirrorsOf(list: Filters, namespace: string): Mirror[] {
  return list.flatMap((filter) => {
    if (filter.type !== 'RequestMirror') return [];
    const { backendRef, percent = 100, fraction } = filter.requestMirror;
    const share = fraction === undefined ? percent / 100 : fraction.numerator / fraction.denominator;
    return [{ service: { namespace: backendRef.namespace ?? namespace, name: backendRef.name }, share }];
  });
}
