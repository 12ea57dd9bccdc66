import * as z from 'zod/mini';
import type { KubernetesObject } from '../../core/ports.ts';

/** A parent of a route: a Gateway, or in a mesh a Service. Others are not obeyed here. */
export const parentRef = z.object({
  group: z._default(z.string(), 'gateway.networking.k8s.io'),
  kind: z._default(z.string(), 'Gateway'),
  name: z.string(),
  namespace: z.optional(z.string()),
  sectionName: z.optional(z.string()),
  port: z.optional(z.int()),
});
export type ParentRef = z.infer<typeof parentRef>;

const gateway = z.object({
  spec: z.object({
    listeners: z.array(
      z.object({
        name: z.string(),
        hostname: z.optional(z.string()),
        port: z.int(),
        protocol: z.string(),
        allowedRoutes: z.prefault(
          z.object({
            namespaces: z.prefault(z.object({ from: z._default(z.string(), 'Same') }), {}),
          }),
          {},
        ),
      }),
    ),
  }),
});

export interface Listener {
  readonly name: string;
  /** Undefined for all hosts. */
  readonly hostname: string | undefined;
  readonly port: number;
  /** Of any namespace, or of the Gateway's own. */
  readonly fromAll: boolean;
}

export interface Gateway {
  readonly namespace: string;
  readonly listeners: readonly Listener[];
}

export function readGateway(object: KubernetesObject): Gateway {
  const { spec } = gateway.parse(object);
  return {
    namespace: object.metadata.namespace ?? 'default',
    listeners: spec.listeners.map(({ name, hostname, port, allowedRoutes }) => ({
      name,
      hostname,
      port,
      fromAll: allowedRoutes.namespaces.from === 'All',
    })),
  };
}

/** Why a route is not attached to any listener of a Gateway, in the API's words. */
export type NotAttached = 'NoMatchingParent' | 'NotAllowedByListeners' | 'NoMatchingListenerHostname';

/** The hosts for which a route takes requests through a Gateway. An empty list of hostnames means all that the listeners have. */
export function attachedHosts(
  { namespace, listeners }: Gateway,
  ref: Pick<ParentRef, 'sectionName' | 'port'>,
  route: { readonly namespace: string; readonly hostnames: readonly string[] },
): readonly string[] | NotAttached {
  const named = listeners.filter(
    ({ name, port }) => (ref.sectionName === undefined || ref.sectionName === name) && (ref.port === undefined || ref.port === port),
  );
  if (named.length === 0) return 'NoMatchingParent';
  const open = named.filter(({ fromAll }) => fromAll || route.namespace === namespace);
  if (open.length === 0) return 'NotAllowedByListeners';
  const hosts = open.flatMap(({ hostname = '*' }) => {
    if (route.hostnames.length === 0) return [hostname];
    return route.hostnames.flatMap((own) => commonHost(own, hostname) ?? []);
  });
  return hosts.length === 0 ? 'NoMatchingListenerHostname' : [...new Set(hosts)];
}

/** What two hostnames, each perhaps with a wildcard as its first label, have in common. */
function commonHost(a: string, b: string): string | undefined {
  if (covers(a, b)) return b;
  return covers(b, a) ? a : undefined;
}

function covers(wide: string, narrow: string): boolean {
  return wide === '*' || wide === narrow || (wide.startsWith('*.') && narrow.endsWith(wide.slice(1)));
}
