import { createTransport } from '../../../adapters/eks/http.ts';
import { createKubernetesClient } from '../../../adapters/eks/kubernetes-client.ts';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import type { ResourceRef, RouteTarget } from '../../../core/ports.ts';
import type { RouterKind } from '../../../core/spec/router-spec.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { EventBus } from '../../../sandbox/eventbridge/event-bus.ts';
import { type ServiceSetup, sidesOf } from '../../../sandbox/service-objects.ts';
import { startSurroundings } from '../../../sandbox/surroundings.ts';
import { type RealTraffic, realTrafficContract, type UserRequest } from '../../contract/real-traffic.ts';
import { ask } from './fake-mesh.ts';

const namespace = 'shop';
const propagationMs = 50;

interface Way {
  readonly kind: RouterKind;
  readonly mesh: NonNullable<ServiceSetup['mesh']>;
  readonly route: RouteTarget['routes'][number];
  readonly objects: readonly Pick<ResourceRef, 'apiVersion' | 'resource'>[];
  readonly subsets?: RouteTarget['subsets'];
}

const virtualServices = { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices' };
const httpRoutes = { apiVersion: 'gateway.networking.k8s.io/v1', resource: 'httproutes' };

/** Checkout in v1 as stable, and in v2 as its canary, with a pod each. */
async function trafficOf({ kind, mesh, route, objects, subsets }: Way): Promise<RealTraffic> {
  const clock = new VirtualClock();
  const service = { name: 'checkout', namespace, replicas: 1, tag: 'v1', mesh, virtualService: 'shop', pathPrefix: '/shop' };
  const world = await startSurroundings({
    clock,
    bus: new EventBus({ clock }),
    record: () => undefined,
    services: [service],
    propagationMs,
  });
  const { digest } = world.ecr.push({ repository: world.repositoryOf('checkout'), tag: 'v2' });
  const { kubernetes } = world;
  const labels = { app: 'checkout', 'sluice.dev/side': 'canary' };
  const metadata = { name: 'checkout-canary', namespace };
  const container = {
    name: 'checkout',
    image: `${world.repositoryOf('checkout')}@${digest}`,
    ports: [{ name: 'http', containerPort: 8080 }],
  };
  kubernetes.apply({ apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ name: 'http', port: 80 }] } });
  kubernetes.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
  });
  while (!kubernetes.endpoints(namespace, 'checkout-canary').some(({ ready }) => ready)) await clock.sleep(100);
  await clock.sleep(propagationMs);

  const api = createKubernetesClient({
    endpoint: { name: 'sandbox', endpoint: kubernetes.url, certificateAuthority: '' },
    clock,
    transport: (request) => clock.busy(() => createTransport()(request)),
    token: async () => 'k8s-aws-v1.sandbox',
  });
  const sides: Readonly<Record<string, 'stable' | 'canary'>> = { v1: 'stable', v2: 'canary' };
  const askOnce = async ({ headers = {}, cookies = {}, query = {} }: UserRequest) => {
    const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
    const search = String(new URLSearchParams(query));
    const { status, headers: answered } = await clock.busy(() =>
      ask(world.proxy.url, {
        host: 'shop.example.com',
        path: `/shop/basket${search === '' ? '' : `?${search}`}`,
        headers: { ...headers, ...(cookie.length === 0 ? {} : { cookie: cookie.join('; ') }) },
      }),
    );
    return { status, side: sides[String(answered['x-version'])], setCookies: answered['set-cookie'] ?? [] };
  };
  return {
    router: createRouter(kind, api),
    target: {
      rollout: 'checkout',
      namespace,
      routes: [route],
      stableService: 'checkout',
      canaryService: 'checkout-canary',
      totalWeight: 100,
      ...(subsets === undefined ? {} : { subsets }),
    },
    smooth: true,
    requests: 100,
    async send(count, request = {}) {
      const answers: Awaited<ReturnType<typeof askOnce>>[] = [];
      while (answers.length < count) answers.push(await askOnce(request));
      return answers;
    },
    received: async () => ({ stable: world.fleet.received('v1'), canary: world.fleet.received('v2') }),
    settle: () => clock.sleep(propagationMs + 1),
    objects: async () =>
      objects.flatMap((kindOf) => {
        const object = kubernetes.get({ ...kindOf, namespace, name: 'shop' });
        return object === undefined ? [] : [object];
      }),
    close: () => world.close(),
  };
}

const subsets = { host: sidesOf('checkout'), stable: 'stable', canary: 'canary' };
const virtualService = { virtualService: 'shop', http: 'checkout' };

realTrafficContract('a VirtualService of the sandbox', 'istio', () =>
  trafficOf({ kind: 'istio', mesh: 'istio', route: virtualService, objects: [virtualServices] }),
);
realTrafficContract('a VirtualService of the sandbox in subset mode', 'istio', () =>
  trafficOf({ kind: 'istio', mesh: 'istioSubsets', route: virtualService, objects: [virtualServices], subsets }),
);
realTrafficContract('an HTTPRoute of the sandbox', 'gatewayApi', () =>
  trafficOf({ kind: 'gatewayApi', mesh: 'gatewayApi', route: { httpRoute: 'shop', rule: 'checkout' }, objects: [httpRoutes] }),
);
