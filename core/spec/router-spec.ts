import * as z from 'zod/mini';
import { duration } from './duration.ts';
import { kubernetesName } from './names.ts';

/**
 * The part of a rollout spec that says what carries the traffic: which kind of mesh, which routes, and what goes to the canary besides a share
 * of requests. What each kind of mesh can do is in router-capabilities.ts, and lint refuses the rest.
 */

const httpRuleName = z
  .string()
  .check(z.minLength(1), z.maxLength(253), z.describe('The name of its http route; may be left out where only one leads to stable'));

const port = z.int().check(z.minimum(1), z.maximum(65_535));

const tcpRule = z.strictObject({
  port: z.optional(port.check(z.describe('The port that its match names; may be left out where only one tcp route leads to stable'))),
});

const tlsRule = z.strictObject({
  sniHost: z.optional(
    z
      .string()
      .check(
        z.minLength(1),
        z.maxLength(253),
        z.describe('A host that its match names; may be left out where only one tls route leads to stable'),
      ),
  ),
});

/** One rule of one VirtualService: an http route, or with `tcp` or `tls` one of those. */
export const istioRoute = z
  .strictObject({
    virtualService: kubernetesName.check(z.describe('The VirtualService that carries the traffic of this service')),
    http: z.optional(httpRuleName),
    tcp: z.optional(tcpRule.check(z.describe('Steers a tcp route instead of an http route'))),
    tls: z.optional(tlsRule.check(z.describe('Steers a tls route (passed through by SNI) instead of an http route'))),
  })
  .check(
    z.refine(({ http, tcp, tls }) => [http, tcp, tls].filter((rule) => rule !== undefined).length <= 1, {
      error: 'one of http, tcp and tls',
      path: ['http'],
    }),
  );
export type IstioRoute = z.infer<typeof istioRoute>;

const gatewayRule = {
  rule: z.optional(
    z.string().check(z.minLength(1), z.maxLength(253), z.describe('The name of its rule; may be left out where only one leads to stable')),
  ),
  path: z.optional(
    z
      .string()
      .check(
        z.regex(/^\//, { error: 'a path that begins with /' }),
        z.maxLength(1_024),
        z.describe('The path that the rule matches, where rules have no names'),
      ),
  ),
};

export const httpRoute = z.strictObject({
  httpRoute: kubernetesName.check(z.describe('The HTTPRoute that carries the traffic of this service')),
  ...gatewayRule,
});
export const grpcRoute = z.strictObject({
  grpcRoute: kubernetesName.check(z.describe('The GRPCRoute that carries the traffic of this service')),
  rule: gatewayRule.rule,
});

/** One rule of one HTTPRoute or GRPCRoute of gateway.networking.k8s.io/v1. */
export const gatewayRoute = z.union([httpRoute, grpcRoute], { error: 'a route: httpRoute or grpcRoute, and where needed its rule' });
export type GatewayRoute = z.infer<typeof gatewayRoute>;

/** The ServiceSplitter of one service; its name is the service's in Consul. */
export const consulRoute = z.strictObject({
  serviceSplitter: kubernetesName.check(z.describe("The ServiceSplitter of the service, which bears the service's name in Consul")),
});
export type ConsulRoute = z.infer<typeof consulRoute>;

/** One rule of one route object, of whichever mesh. */
export type RouteRef = IstioRoute | GatewayRoute | ConsulRoute;

/** Whether a route steers connections: a mesh sees no requests and no answers in it. */
export function isOfConnections(route: RouteRef): boolean {
  return 'virtualService' in route && (route.tcp !== undefined || route.tls !== undefined);
}

const textMatch = {
  exact: z.optional(z.string().check(z.minLength(1), z.maxLength(256))),
  prefix: z.optional(z.string().check(z.minLength(1), z.maxLength(256))),
  regex: z.optional(z.string().check(z.minLength(1), z.maxLength(256))),
};
const token = z
  .string()
  .check(z.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'a name of letters, digits and hyphens' }), z.maxLength(128));

const namedText = z.strictObject({ name: token, ...textMatch }).check(
  z.refine(({ exact, prefix, regex }) => [exact, prefix, regex].filter((text) => text !== undefined).length === 1, {
    error: 'one of exact, prefix and regex',
    path: ['exact'],
  }),
);

/** Requests that go to the canary whatever its weight is: one header, one cookie or one parameter of the query. */
export const requestMatch = z
  .strictObject({
    header: z.optional(namedText),
    cookie: z.optional(namedText),
    query: z.optional(namedText),
  })
  .check(
    z.refine(({ header, cookie, query }) => [header, cookie, query].filter((one) => one !== undefined).length === 1, {
      error: 'one of header, cookie and query',
      path: ['header'],
    }),
  );
export type RequestMatch = z.infer<typeof requestMatch>;

export const affinity = z.pipe(
  z.strictObject({
    cookie: token.check(z.describe('The cookie that keeps a user on the canary; Sluice sets it, and its value is the rollout')),
    maxAge: z.prefault(duration, '1h').check(z.describe('How long a user stays; the rollout forgets all of them when it ends')),
  }),
  z.transform(({ cookie, maxAge }) => ({ cookie, maxAgeSeconds: maxAge })),
);
export type Affinity = z.infer<typeof affinity>;

const totalWeight = z
  ._default(z.int().check(z.minimum(100), z.maximum(100_000)), 100)
  .check(z.describe('Weights are integers of this total: 1000 makes steps of 0.1 % possible'));

const routesText = 'The routes that carry the traffic of the service; all are written together';
const matchField = z
  ._default(z.array(requestMatch).check(z.maxLength(8)), [])
  .check(z.describe('Requests that go to the canary whatever its weight is, from the first step to the last: any of these'));
const affinityField = z.optional(affinity.check(z.describe('A user who was answered by the canary stays there')));

const subsetName = z.string().check(z.regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, { error: 'the name of a subset' }), z.maxLength(63));

const istio = z.strictObject({
  kind: z.literal('istio').check(z.describe('The mesh that moves the traffic')),
  routes: z.array(istioRoute).check(z.minLength(1), z.maxLength(10), z.describe(routesText)),
  totalWeight,
  subsets: z.optional(
    z
      .strictObject({
        host: kubernetesName.check(z.describe('The Service over both sides, whose DestinationRule defines the subsets')),
        stable: z._default(subsetName, 'stable').check(z.describe("The subset of stable's pods")),
        canary: z._default(subsetName, 'canary').check(z.describe("The subset of the canary's pods")),
      })
      .check(z.describe('The routes split between subsets of one host, not between two Services')),
  ),
  match: matchField,
  affinity: affinityField,
});

const gateway = {
  routes: z.array(gatewayRoute).check(z.minLength(1), z.maxLength(10), z.describe(routesText)),
  totalWeight,
  match: matchField,
  affinity: affinityField,
};
const gatewayApi = z.strictObject({ kind: z.literal('gatewayApi'), ...gateway });
const linkerd = z.strictObject({ kind: z.literal('linkerd'), ...gateway });

const consul = z.strictObject({
  kind: z.literal('consul'),
  routes: z.array(consulRoute).check(z.minLength(1), z.maxLength(10), z.describe(routesText)),
  totalWeight,
  subsets: z
    .prefault(z.strictObject({ stable: z._default(subsetName, 'stable'), canary: z._default(subsetName, 'canary') }), {})
    .check(z.describe('The subsets of the ServiceResolver between which the splitter splits')),
  match: matchField,
  affinity: affinityField,
});

export const router = z.discriminatedUnion('kind', [istio, gatewayApi, linkerd, consul], {
  error: 'a router: its kind (istio, gatewayApi, linkerd or consul) and its routes',
});
export type RouterSpec = z.infer<typeof router>;

export const routerKind = z.enum(['istio', 'gatewayApi', 'linkerd', 'consul']);
export type RouterKind = z.infer<typeof routerKind>;
