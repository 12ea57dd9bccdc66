import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '../../adapters/clock.ts';
import { createRouter } from '../../adapters/mesh/registry.ts';
import type { KubernetesApi, KubernetesObject, ResourceRef, RouteTarget } from '../../core/ports.ts';
import { routerCapabilities } from '../../core/spec/router-capabilities.ts';
import { foreignRule, inMesh, prefix, type Rule, refTo, route, service, target, to } from '../adapters/mesh/gateway-api/gateway-routes.ts';
import { settledView } from '../adapters/mesh/gateway-api/settled-view.ts';
import { foreignOf, treatmentOf } from '../adapters/mesh/gateway-api/treatment.ts';
import { realTrafficContract, type UserRequest } from '../contract/real-traffic.ts';
import type { RouterForShapes } from '../contract/router-hand.ts';
import { trafficRouterContract } from '../contract/traffic-router.ts';
import { trafficRouterShapesContract } from '../contract/traffic-router-shapes.ts';
import { trafficRouterSharedContract } from '../contract/traffic-router-shared.ts';
import { attachBench, attachCluster, hasBenchOrSays, isBench, servesOrSays } from './bench/attach.ts';
import { meshRequest } from './bench/request.ts';
import { workloads } from './bench/two-versions.ts';
import type { Bench, FreshNamespace, MeshCluster } from './bench/types.ts';
import { until } from './bench/until.ts';
import { settling } from './gateway-api/settling.ts';

/**
 * HTTPRoutes and GRPCRoutes in the real API server, whose CRDs check what is written, served by istiod, which says whether it accepts them;
 * then requests of users, through the gateway and, with a Service as parent, through a sidecar. A given cluster has the first part only.
 */
const kinds = ['HTTPRoute', 'GRPCRoute'].map((kind) => `gateway.networking.k8s.io/v1/${kind}`);
const isServed = servesOrSays('the contract of Gateway API routes', kinds);
const hasGateways = hasBenchOrSays('requests by HTTPRoutes need the gateways of the bench.');

const cart: Rule = { name: 'cart', matches: [prefix('/cart')], backendRefs: [to('cart', 100)] };
const main: Rule = {
  name: 'main',
  matches: [prefix('/')],
  timeouts: { request: '30s', backendRequest: '20s' },
  filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['x-debug'] } }],
  backendRefs: [
    to('checkout', 1, {
      filters: [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { set: [{ name: 'x-frame-options', value: 'DENY' }] } }],
    }),
  ],
};
const backends = ['assets', 'assets-next', 'cart', 'cart-canary', 'checkout', 'checkout-canary', 'legacy'];

/** istiod has seen a route at its generation, and Envoy gets what it made of it within this time, of which 100 ms are its debounce. */
const propagationMs = 400;

const settled = (api: KubernetesApi) => settledView(api, 1, () => systemClock.sleep(10));

describe.runIf(isServed)('the Gateway API', () => {
  let cluster: MeshCluster;
  let settledIn: (api: KubernetesApi) => KubernetesApi;
  let namespace: FreshNamespace;
  let sets = 0;

  beforeAll(async () => {
    cluster = await attachCluster();
    namespace = await cluster.freshNamespace('gateway-api');
    await namespace.apply(backends.map((name) => inNamespace(service(name))));
    settledIn = await settling(cluster, namespace);
  });
  afterAll(async () => {
    await namespace?.remove();
    await cluster?.detach();
  });

  const inNamespace = ({ status: _, ...object }: KubernetesObject): KubernetesObject => ({
    ...object,
    metadata: { ...object.metadata, namespace: namespace.name },
  });
  const mine = (): RouteTarget => ({ ...target, namespace: namespace.name });
  const otherOf = (shared: string): RouteTarget => ({
    ...mine(),
    rollout: 'cart',
    routes: [{ httpRoute: shared, rule: 'cart' }],
    stableService: 'cart',
    canaryService: 'cart-canary',
  });
  const closing = (objects: readonly ResourceRef[]) => async () => {
    for (const ref of objects) {
      const found = await cluster.admin.read(ref);
      await cluster.admin.remove(ref, { uid: found?.metadata.uid ?? '' });
    }
  };
  const ref = (...of: Parameters<typeof refTo>): ResourceRef => ({ ...refTo(...of), namespace: namespace.name });

  async function fill(kind: 'HTTPRoute' | 'GRPCRoute'): Promise<RouterForShapes> {
    sets += 1;
    const [shared, internal] = [`checkout-${sets}`, `internal-${sets}`];
    const isGrpc = kind === 'GRPCRoute';
    const gateways = isBench(cluster) ? [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', ...cluster.gatewayApiParent }] : [];
    await namespace.apply([
      inNamespace(route(shared, [foreignRule, cart, main], { parentRefs: [...gateways, inMesh] })),
      inNamespace(route(internal, [{ backendRefs: [to('checkout', 1)] }], { parentRefs: [inMesh], kind })),
    ]);
    const objects = [ref(shared), ref(internal, isGrpc ? 'grpcroutes' : 'httproutes')] as const;
    return {
      api: settledIn(cluster.sluice),
      routerOn: (api) => createRouter('gatewayApi', api),
      target: { ...mine(), routes: [{ httpRoute: shared, rule: 'main' }, isGrpc ? { grpcRoute: internal } : { httpRoute: internal }] },
      other: otherOf(shared),
      objects,
      treatmentOf: (object, request) => treatmentOf(object, request),
      foreignOf,
      close: closing(objects),
    };
  }

  trafficRouterContract('Gateway API, in a real API server,', () => fill('GRPCRoute'));
  trafficRouterShapesContract('Gateway API, in a real API server,', routerCapabilities.gatewayApi, () => fill('HTTPRoute'));
  trafficRouterSharedContract('Gateway API, in a real API server,', async () => {
    const set = await fill('HTTPRoute');
    const object = ref(`shared-${sets}`);
    const rule = { name: 'shared', matches: [prefix('/')], backendRefs: [to('legacy', 30), to('checkout', 50), to('assets', 20)] };
    await namespace.apply([inNamespace(route(object.name, [rule], { parentRefs: [inMesh] }))]);
    return {
      ...set,
      shared: {
        target: { ...mine(), routes: [{ httpRoute: object.name, rule: 'shared' }] },
        object,
        othersOf: ({ spec }) =>
          (spec as { rules: { name: string; backendRefs: { name: string }[] }[] }).rules
            .find(({ name }) => name === 'shared')
            ?.backendRefs.filter(({ name }) => !name.startsWith('checkout')),
      },
      close: closing([...set.objects, object]),
    };
  });
});

for (const [what, attach] of [
  ['through a gateway', (bench: Bench) => ({ url: bench.gatewayApiUrl, parentRef: { ...bench.gatewayApiParent }, isMesh: false })],
  ['through a sidecar', (bench: Bench) => ({ url: bench.meshUrl, parentRef: { ...inMesh, name: 'web' }, isMesh: true })],
] as const) {
  describe.runIf(hasGateways)(`the Gateway API, ${what}`, () => {
    realTrafficContract(`an HTTPRoute of the bench, ${what}`, 'gatewayApi', async () => {
      const bench = await attachBench();
      const namespace = await bench.freshNamespace('gateway-api');
      const { url, parentRef, isMesh } = attach(bench);
      const host = isMesh ? `web.${namespace.name}` : `${namespace.name}.example.com`;
      const image = `registry.example.com/${namespace.name}/web`;
      const httpRoute = route('web', [{ name: 'web', matches: [prefix('/shop')], backendRefs: [to('web', 1)] }], {
        parentRefs: [parentRef],
      });
      const { status: _, spec, ...head } = httpRoute;
      const hostnames = isMesh ? {} : { hostnames: [host] };
      const metadata = { ...head.metadata, namespace: namespace.name };
      await namespace.apply([...workloads(image), { ...head, metadata, spec: { ...(spec as Rule), hostnames: undefined, ...hostnames } }]);
      const ask = async ({ headers = {}, cookies = {}, query = {} }: UserRequest) => {
        const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
        const answer = await meshRequest(url, {
          host,
          path: `/shop?${new URLSearchParams(query)}`,
          headers: { ...headers, ...(cookie.length === 0 ? {} : { cookie: cookie.join('; ') }) },
        });
        const setCookie = answer.headers['set-cookie'];
        const side = answer.version === 'v1' ? ('stable' as const) : answer.version === 'v2' ? ('canary' as const) : undefined;
        return { status: answer.status, side, setCookies: setCookie === undefined ? [] : [setCookie] };
      };
      await until(async () => (await ask({})).side === 'stable');
      const router = createRouter('gatewayApi', settled(bench.sluice));
      const read = () => settled(bench.sluice).read({ ...refTo('web'), namespace: namespace.name });
      return {
        router,
        target: {
          rollout: 'web',
          namespace: namespace.name,
          routes: [{ httpRoute: 'web' }],
          stableService: 'web',
          canaryService: 'web-canary',
          totalWeight: 100,
        },
        send: async (count, request = {}) => {
          const answers: Awaited<ReturnType<typeof ask>>[] = [];
          const worker = async () => {
            while (answers.length + working < count) {
              working += 1;
              const answer = await ask(request);
              working -= 1;
              answers.push(answer);
            }
          };
          let working = 0;
          await Promise.all(Array.from({ length: 8 }, worker));
          return answers;
        },
        received: async () => ({ stable: await bench.received(`${image}:v1`), canary: await bench.received(`${image}:v2`) }),
        settle: async () => {
          await read();
          await systemClock.sleep(propagationMs);
        },
        objects: async () => [await read()].filter((object) => object !== undefined),
        close: async () => {
          await namespace.remove();
          await bench.detach();
        },
      };
    });
  });
}
