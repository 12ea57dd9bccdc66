import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod/mini';
import type { KubernetesObject } from '../../core/ports.ts';
import { type ServiceName, serviceNameOf } from './service-name.ts';

/**
 * What the proxy obeys of Istio's VirtualService. A match on anything else is refused as a whole, because leaving it out would
 * send requests elsewhere than Istio does; fields that do not choose a destination (retries, timeout, mirror) are passed over.
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/
 */
const stringMatch = z.strictObject({
  exact: z.optional(z.string()),
  prefix: z.optional(z.string()),
  regex: z.optional(z.string()),
});

const match = z.strictObject({
  name: z.optional(z.string()),
  uri: z.optional(stringMatch),
  headers: z.optional(z.record(z.string(), stringMatch)),
});

const destination = z.object({
  destination: z.object({ host: z.string().check(z.minLength(1)) }),
  weight: z.optional(z.int().check(z.nonnegative())),
});

const rule = z.object({
  name: z.optional(z.string()),
  match: z.optional(z.array(match)),
  route: z.array(destination).check(
    z.minLength(1),
    z.refine((route) => route.length === 1 || route.some(({ weight = 0 }) => weight > 0), { error: 'total destination weight = 0' }),
  ),
});

const virtualService = z.object({
  spec: z.object({ hosts: z.array(z.string()).check(z.minLength(1)), http: z.array(rule) }),
});

export interface WeightedDestination {
  readonly service: ServiceName;
  readonly weight: number;
}

export interface RouteRule {
  /** The rule's name, or its place where it has none. */
  readonly id: string;
  readonly matches: (path: string, headers: IncomingHttpHeaders) => boolean;
  readonly destinations: readonly WeightedDestination[];
}

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
  const rules = spec.http.map(({ name, match: conditions = [], route }, index): RouteRule => {
    const tests = conditions.map(matcher);
    return {
      id: name ?? `#${index}`,
      matches: (path, headers) => tests.length === 0 || tests.some((test) => test(path, headers)),
      destinations: route.map(({ destination: { host }, weight = 0 }) => ({
        service: serviceNameOf(host, namespace),
        weight: route.length === 1 ? 100 : weight,
      })),
    };
  });
  return { namespace, hosts: spec.hosts, rules };
}

function matcher({ uri, headers = {} }: z.infer<typeof match>): RouteRule['matches'] {
  const uriTest = uri === undefined ? undefined : textMatcher(uri);
  const headerTests = Object.entries(headers).map(([name, text]) => ({ name: name.toLowerCase(), test: textMatcher(text) }));
  return (path, given) =>
    (uriTest === undefined || uriTest(path)) &&
    headerTests.every(({ name, test }) => {
      const value = given[name];
      return value !== undefined && test(String(value));
    });
}

/** An empty match asks for presence only. Envoy's regex must fit the whole text. */
function textMatcher({ exact, prefix, regex }: z.infer<typeof stringMatch>): (text: string) => boolean {
  if (exact !== undefined) return (text) => text === exact;
  if (prefix !== undefined) return (text) => text.startsWith(prefix);
  if (regex === undefined) return () => true;
  const whole = new RegExp(`^(?:${regex})$`);
  return (text) => whole.test(text);
}
