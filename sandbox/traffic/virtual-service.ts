import * as z from 'zod/mini';
import type { KubernetesObject } from '../../core/ports.ts';
import { goDuration } from './duration.ts';
import { retryPolicy } from './retry-policy.ts';
import { type Mirror, noRetries, type RouteRule } from './routes.ts';
import { type ServiceName, serviceNameOf } from './service-name.ts';
import { requestMatch, requestMatcher } from './virtual-service-match.ts';

/**
 * What the proxy obeys of Istio's VirtualService. A match on anything else is refused as a whole, because leaving it out would
 * send requests elsewhere than Istio does; fields that neither choose a destination nor change a message are passed over. Unlike Istio's,
 * a rule that says nothing of retries has none, so that a failure of the canary is seen as one.
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/
 */
const texts = z._default(z.record(z.string(), z.string()), {});
const edit = z.pipe(
  z.prefault(z.object({ set: texts, add: texts, remove: z._default(z.array(z.string()), []) }), {}),
  z.transform(({ set, add, remove }) => ({ set: Object.entries(set), add: Object.entries(add), remove })),
);
const headers = z.prefault(z.object({ request: edit, response: edit }), {});

const host = z.object({ host: z.string().check(z.minLength(1)), subset: z.optional(z.string()) });
const destination = z.object({
  destination: host,
  weight: z.optional(z.int().check(z.nonnegative())),
  headers,
});
const percentage = z.prefault(z.object({ value: z._default(z.number().check(z.minimum(0), z.maximum(100)), 0) }), { value: 100 });

const rule = z.object({
  name: z.optional(z.string()),
  match: z._default(z.array(requestMatch), []),
  route: z.array(destination).check(
    z.minLength(1),
    z.refine((route) => route.length === 1 || route.some(({ weight = 0 }) => weight > 0), { error: 'total destination weight = 0' }),
  ),
  mirror: z.optional(host),
  mirrorPercentage: percentage,
  mirrors: z._default(z.array(z.object({ destination: host, percentage })), []),
  headers,
  timeout: z.optional(goDuration),
  retries: z.optional(
    z.object({ attempts: z._default(z.int(), 0), perTryTimeout: z.optional(goDuration), retryOn: z.optional(z.string()) }),
  ),
});

const virtualService = z.object({
  spec: z.object({ hosts: z.array(z.string()).check(z.minLength(1)), http: z.array(rule) }),
});

export interface Routes {
  readonly namespace: string;
  readonly hosts: readonly string[];
  /** The first one that matches takes the request. */
  readonly rules: readonly RouteRule[];
}

/**
 * Reads a VirtualService. A single destination takes everything, whatever its weight, and a missing weight beside others is 0:
 * so does Istio.
 * @throws an error that says what does not fit: the caller keeps the routes that it had, as Envoy does.
 */
export function readVirtualService(object: KubernetesObject): Routes {
  const namespace = object.metadata.namespace ?? 'default';
  const { spec } = virtualService.parse(object);
  const rules = spec.http.map((each, index): RouteRule => {
    const { name, match: conditions, route, timeout, retries } = each;
    const tests = conditions.map(requestMatcher);
    return {
      id: name ?? `#${index}`,
      matches: (request) => tests.length === 0 || tests.some((test) => test(request)),
      destinations: route.map(({ destination: to, weight = 0, headers: edits }) => ({
        ...destinationOf(to, namespace),
        weight: route.length === 1 ? 100 : weight,
        headers: edits,
      })),
      mirrors: mirrorsOf(each, namespace),
      headers: each.headers,
      timeoutMs: timeout,
      retries: retries === undefined ? noRetries : retryPolicy(retries.attempts, retries.perTryTimeout, retries.retryOn),
    };
  });
  return { namespace, hosts: spec.hosts, rules };
}

function destinationOf({ host: name, subset }: z.infer<typeof host>, namespace: string): { service: ServiceName; subset?: string } {
  return { service: serviceNameOf(name, namespace), ...(subset === undefined ? {} : { subset }) };
}

function mirrorsOf({ mirror, mirrorPercentage, mirrors }: z.infer<typeof rule>, namespace: string): Mirror[] {
  const single = mirror === undefined ? [] : [{ destination: mirror, percentage: mirrorPercentage }];
  return [...single, ...mirrors].map(({ destination: to, percentage: { value } }) => ({
    ...destinationOf(to, namespace),
    share: value / 100,
  }));
}
