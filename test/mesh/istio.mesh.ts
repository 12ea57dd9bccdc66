import { afterAll, beforeAll, describe } from 'vitest';
import { createRouter } from '../../adapters/mesh/registry.ts';
import type { KubernetesObject, ResourceRef, RouteTarget } from '../../core/ports.ts';
import { routerCapabilities } from '../../core/spec/router-capabilities.ts';
import { treatmentBy } from '../adapters/mesh/istio/treatment.ts';
import { foreignRule, type Rule, refTo, target, to, virtualService } from '../adapters/mesh/istio/virtual-services.ts';
import type { RouterForShapes } from '../contract/router-hand.ts';
import { trafficRouterContract } from '../contract/traffic-router.ts';
import { trafficRouterShapesContract } from '../contract/traffic-router-shapes.ts';
import { trafficRouterSharedContract } from '../contract/traffic-router-shared.ts';
import { attachCluster, servesOrSays } from './bench/attach.ts';
import type { FreshNamespace, MeshCluster } from './bench/types.ts';
import { validated } from './istio/validated.ts';

/**
 * VirtualServices in the real API server, whose CRD checks what is written, by Sluice's own identity with the Role as it is shipped. Istio's own
 * validation, which a cluster asks by an admission webhook, is asked of each of them too.
 */
const isServed = servesOrSays('the contract of VirtualServices', ['networking.istio.io/v1/VirtualService']);

const cart: Rule = { name: 'cart', match: [{ uri: { prefix: '/cart' } }], route: [to('cart', 100)] };
const stable = { host: 'checkout', port: { number: 8080 } };
const subset = { ...stable, subset: 'stable' };
const headers = { request: { set: { 'x-from': 'mesh' } }, response: { remove: ['server'], add: { 'x-side': 'a<b&c' } } };

/** All that a team may have put on a rule, and still have shapes on it. */
const main = (destination: Rule): Rule => ({
  name: 'main',
  match: [
    { name: 'all', uri: { prefix: '/' }, withoutHeaders: { 'x-blocked': { exact: 'yes' } } },
    { uri: { exact: '/healthz' }, sourceLabels: { app: 'monitor' } },
  ],
  timeout: '2s',
  retries: { attempts: 3, perTryTimeout: '500ms', retryOn: '5xx,reset' },
  mirrors: [{ destination: { host: 'shadow' }, percentage: { value: 0.5 } }],
  corsPolicy: { allowOrigins: [{ exact: 'https://shop.example.com' }], maxAge: '24h' },
  route: [{ destination, headers }],
});

const modes = [
  {
    mode: 'between two Services',
    destination: stable,
    internal: to('checkout'),
    subsets: {},
    sideOf: ({ host }: { host: string }) => (host === 'checkout' ? 'stable' : host === 'checkout-canary' ? 'canary' : undefined),
  },
  {
    mode: 'between subsets of one host',
    destination: subset,
    internal: { destination: { host: 'checkout', subset: 'stable' } },
    subsets: { subsets: { host: 'checkout', stable: 'stable', canary: 'canary' } },
    sideOf: ({ subset }: { subset?: string | undefined }) => (subset === 'stable' || subset === 'canary' ? subset : undefined),
  },
] as const;

describe.runIf(isServed).each(modes)('Istio, $mode,', ({ mode, destination, internal, subsets, sideOf }) => {
  let cluster: MeshCluster;
  let namespace: FreshNamespace;
  let sets = 0;
  const name = `Istio, ${mode}, in a real API server,`;

  beforeAll(async () => {
    cluster = await attachCluster();
    namespace = await cluster.freshNamespace('istio');
  });
  afterAll(async () => {
    await namespace?.remove();
    await cluster?.detach();
  });

  const mine = (): RouteTarget => ({ ...target, ...subsets, namespace: namespace.name });
  const ref = (of: string): ResourceRef => ({ ...refTo(of), namespace: namespace.name });
  /** No proxy has its gateway, so that nobody waits for what the proxies make of it. */
  const apply = (of: string, http: readonly Rule[]) => {
    const { metadata, spec, ...object } = virtualService(of, http, { 'example.com/owner': 'shop' });
    const unserved = { ...(spec as Rule), gateways: ['nobodys'] };
    return namespace.apply([{ ...object, metadata: { ...metadata, namespace: namespace.name }, spec: unserved }]);
  };
  const closing = (objects: readonly ResourceRef[]) => async () => {
    for (const one of objects) {
      const found = await cluster.admin.read(one);
      await cluster.admin.remove(one, { uid: found?.metadata.uid ?? '' });
    }
  };

  async function fill(): Promise<RouterForShapes> {
    sets += 1;
    const [shared, inner] = [`checkout-${sets}`, `internal-${sets}`];
    await Promise.all([apply(shared, [foreignRule, cart, main(destination)]), apply(inner, [{ route: [internal] }])]);
    const objects = [ref(shared), ref(inner)] as const;
    return {
      api: validated(cluster),
      routerOn: (api) => createRouter('istio', api),
      target: { ...mine(), routes: [{ virtualService: shared, http: 'main' }, { virtualService: inner }] },
      other: {
        ...target,
        namespace: namespace.name,
        rollout: 'cart',
        routes: [{ virtualService: shared, http: 'cart' }],
        stableService: 'cart',
        canaryService: 'cart-canary',
      },
      objects,
      treatmentOf: treatmentBy(sideOf),
      foreignOf,
      close: closing(objects),
    };
  }

  trafficRouterContract(name, fill);
  trafficRouterShapesContract(name, routerCapabilities.istio, fill);
  trafficRouterSharedContract(name, async () => {
    const set = await fill();
    const object = ref(`shared-${sets}`);
    const others = [to('legacy', 30), to('assets', 20)] as const;
    await apply(object.name, [{ name: 'main', route: [others[0], { ...internal, weight: 50 }, others[1]] }]);
    const othersOf = (of: KubernetesObject) =>
      rulesOf(of)
        .flatMap(({ route }) => route as readonly Rule[])
        .filter((entry) => !/checkout/.test(JSON.stringify(entry['destination'])));
    return {
      ...set,
      shared: { target: { ...mine(), routes: [{ virtualService: object.name }] }, object, othersOf },
      close: closing([...set.objects, object]),
    };
  });
});

function rulesOf({ spec }: KubernetesObject): readonly Rule[] {
  return (spec as { readonly http: readonly Rule[] }).http;
}

/** Other rules, and of the steered one what no rollout writes. */
function foreignOf(object: KubernetesObject): unknown {
  const { http: _, ...spec } = object['spec'] as Rule;
  const steered = object.metadata.name.startsWith('checkout') ? 'main' : undefined;
  const of = ({ route: _, retries: __, timeout: ___, mirrors, ...rest }: Rule) => ({
    ...rest,
    mirrors: (Array.isArray(mirrors) ? mirrors : []).filter(({ destination }) => destination.host === 'shadow'),
  });
  const others = rulesOf(object).filter(({ name }) => !String(name).startsWith('sluice-'));
  return [spec, ...others.map((rule) => (rule['name'] === steered ? of(rule) : rule))];
}
