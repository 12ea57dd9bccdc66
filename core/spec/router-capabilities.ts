import type { RouterKind } from './router-spec.ts';

/** `http` is an http route of Istio or an HTTPRoute, `grpc` a GRPCRoute, `tcp` and `tls` are Istio's, `splitter` is Consul's. */
export type RouteKind = 'http' | 'tcp' | 'tls' | 'grpc' | 'splitter';

/** What a kind of mesh can do for a rollout. Lint refuses a spec that asks for more, and docs/meshes.md is made from this table. */
export interface RouterCapabilities {
  /** Of which kinds a route may be, as its key stands in the spec. */
  readonly routes: readonly RouteKind[];
  /** Requests that go to the canary whatever its weight is. */
  readonly match: readonly ('header' | 'cookie' | 'query')[];
  /** How the text of a match may be compared. */
  readonly compare: readonly ('exact' | 'prefix' | 'regex')[];
  /** A user stays on the side that answered first. */
  readonly affinity: boolean;
  readonly mirror: boolean;
  /** `hundred`: weights must add up to exactly 100. */
  readonly totalWeights: 'hundred' | 'any';
  /** The routes may split between subsets of one host: never, if the spec says so, or always. */
  readonly subsets: 'never' | 'optional' | 'always';
  readonly retries: boolean;
  readonly timeout: boolean;
  /** Circuit breaking of the canary alone. */
  readonly outlierDetection: boolean;
}

const gateway: RouterCapabilities = {
  routes: ['http', 'grpc'],
  match: ['header', 'cookie', 'query'],
  compare: ['exact', 'regex'],
  affinity: true,
  mirror: true,
  totalWeights: 'any',
  subsets: 'never',
  retries: false,
  timeout: true,
  outlierDetection: false,
};

/** One entry per kind that a spec may name. */
export const routerCapabilities: Record<RouterKind, RouterCapabilities> = {
  istio: {
    routes: ['http', 'tcp', 'tls'],
    match: ['header', 'cookie', 'query'],
    compare: ['exact', 'prefix', 'regex'],
    affinity: true,
    mirror: true,
    totalWeights: 'any',
    subsets: 'optional',
    retries: true,
    timeout: true,
    outlierDetection: true,
  },
  gatewayApi: gateway,
  linkerd: { ...gateway, affinity: false, mirror: false, match: ['header', 'cookie'], timeout: true },
  consul: {
    routes: ['splitter'],
    match: [],
    compare: [],
    affinity: false,
    mirror: false,
    totalWeights: 'hundred',
    subsets: 'always',
    retries: false,
    timeout: false,
    outlierDetection: false,
  },
};

const forBytesOnly = { match: [], compare: [], affinity: false, mirror: false, retries: false, timeout: false } as const;

/**
 * What routes of one kind can do: less than their mesh where they carry bytes instead of requests, or where the route object has no field for
 * it. GRPCRoute matches by service, method and headers, and has no timeouts.
 * https://gateway-api.sigs.k8s.io/reference/spec/#grpcrouterule
 */
export function capabilitiesOf(kind: RouterKind, route: RouteKind): RouterCapabilities {
  const ofMesh = routerCapabilities[kind];
  switch (route) {
    case 'tcp':
    case 'tls':
      return { ...ofMesh, ...forBytesOnly };
    case 'grpc':
      return { ...ofMesh, match: ofMesh.match.filter((by) => by !== 'query'), timeout: false };
    default:
      return ofMesh;
  }
}
