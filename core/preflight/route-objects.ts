import * as z from 'zod/mini';
import type { RolloutSpec } from '../spec/rollout-spec.ts';
import type { IstioRouting } from './service-ports.ts';

/** The parts of route objects that say by which names their requests come in. */
export const routeObject = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.nullish(
    z.looseObject({
      hosts: z.nullish(z.array(z.string())),
      gateways: z.nullish(z.array(z.string())),
      parentRefs: z.nullish(z.array(z.looseObject({ kind: z.nullish(z.string()), name: z.string() }))),
    }),
  ),
});
export type RouteObjectRead = z.infer<typeof routeObject>;

/** Whether an object is one of those that the routes of a spec are rules of. */
export function isRouteOf(
  { kind, metadata }: { readonly kind: string; readonly metadata: { readonly name: string } },
  { routes }: RolloutSpec['router'],
): boolean {
  return routes.some((route) => {
    if ('virtualService' in route) return kind === 'VirtualService' && metadata.name === route.virtualService;
    if ('httpRoute' in route) return kind === 'HTTPRoute' && metadata.name === route.httpRoute;
    if ('grpcRoute' in route) return kind === 'GRPCRoute' && metadata.name === route.grpcRoute;
    return kind === 'ServiceSplitter' && metadata.name === route.serviceSplitter;
  });
}

/**
 * The Services of the namespace whose requests the routes take: a VirtualService's hosts, a Gateway API route's parents, and the host over
 * both sides of Istio's and Consul's subsets.
 */
export function frontServices(
  routes: readonly RouteObjectRead[],
  { router, namespace }: Pick<RolloutSpec, 'router' | 'namespace'>,
): string[] {
  const hosts = routes.flatMap(({ spec }) => (spec?.hosts ?? []).flatMap((host) => serviceOf(host, namespace) ?? []));
  const parents = routes.flatMap(({ spec }) => (spec?.parentRefs ?? []).filter(({ kind }) => kind === 'Service').map(({ name }) => name));
  const subsetsHost = router.kind === 'istio' && router.subsets !== undefined ? [router.subsets.host] : [];
  const splitters = router.kind === 'consul' ? router.routes.map(({ serviceSplitter }) => serviceSplitter) : [];
  return [...hosts, ...parents, ...subsetsHost, ...splitters];
}

/** What Istio must take a Service's ports for; each sort once. */
export function istioRoutings(
  routes: readonly RouteObjectRead[],
  { router, namespace }: Pick<RolloutSpec, 'router' | 'namespace'>,
  stableService: string,
): IstioRouting[] {
  if (router.kind !== 'istio') return [];
  const sorts = new Map<string, IstioRouting>();
  for (const route of router.routes) {
    const protocol = route.tcp !== undefined ? 'tcp' : route.tls !== undefined ? 'tls' : 'http';
    const spec = routes.find(({ metadata }) => metadata.name === route.virtualService)?.spec;
    const ofMesh = spec !== undefined && spec !== null && (spec.gateways ?? ['mesh']).every((gateway) => gateway === 'mesh');
    const meshOnly = ofMesh && (spec.hosts ?? []).some((host) => serviceOf(host, namespace) === stableService);
    sorts.set(protocol, { protocol, meshOnly: meshOnly || sorts.get(protocol)?.meshOnly === true });
  }
  return [...sorts.values()];
}

/** @example serviceOf('checkout.shop.svc.cluster.local', 'shop') // 'checkout' */
function serviceOf(host: string, namespace: string): string | undefined {
  const [name, ...rest] = host.split('.');
  const domain = rest.join('.');
  return domain === '' || domain === namespace || domain.startsWith(`${namespace}.svc`) ? name : undefined;
}
