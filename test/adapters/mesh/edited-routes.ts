import { createRouter } from '../../../adapters/mesh/registry.ts';
import type { KubernetesApi, KubernetesObject } from '../../../core/ports.ts';
import { startHttpCluster, token } from '../../contract/http-cluster.ts';
import type { Fields, RouterForEdits } from '../../contract/traffic-router-edits.ts';
import * as splitters from './consul/splitters.ts';
import * as gateway from './gateway-api/gateway-routes.ts';
import { settledView } from './gateway-api/settled-view.ts';
import * as istio from './istio/virtual-services.ts';

/** Rollouts in the sandbox's API, by mesh, with what somebody else does to their rules. */

type Parts = Omit<RouterForEdits, 'close'>;

export interface SandboxRoutes extends RouterForEdits {
  readonly url: string;
}

async function inSandbox(fill: (api: KubernetesApi, url: string) => Promise<Parts>): Promise<SandboxRoutes> {
  const { api, close, url } = await startHttpCluster();
  return { ...(await fill(api, url)), close, url };
}

const listIn = (field: string) => (object: KubernetesObject) =>
  ((object['spec'] as Fields)[field] as readonly Fields[]).map((rule) => ({ ...rule }));
const without = (rule: Fields, ...fields: string[]) =>
  Object.fromEntries(Object.entries(rule).filter(([field]) => !fields.includes(field)));
const renamed = (rule: Fields, from: string, to: string) => JSON.parse(JSON.stringify(rule).replaceAll(`"${from}"`, `"${to}"`)) as Fields;
/** Somebody's one backend after the other. */
const turned = (rule: Fields) => {
  const swapped = renamed(rule, 'checkout-canary', 'checkout');
  return JSON.stringify(swapped) === JSON.stringify(rule) ? renamed(rule, 'checkout', 'checkout-canary') : swapped;
};

const { mirror: _, mirrorPercentage: __, ...mainOfIstio } = istio.mainRule as Fields;

export function istioInSandbox(): Promise<SandboxRoutes> {
  return inSandbox(async (api) => {
    const rule = {
      ...mainOfIstio,
      match: [{ uri: { prefix: '/' } }],
      mirrors: [{ destination: { host: 'shadow' }, percentage: { value: 0.5 } }],
    };
    await istio.put(api, istio.virtualService('checkout', [istio.foreignRule, rule], { 'example.com/owner': 'shop' }));
    await istio.put(api, istio.virtualService('checkout-internal', [{ route: [istio.to('checkout')] }]));
    return {
      kind: 'istio',
      api,
      routerOn: (on) => createRouter('istio', on),
      target: { ...istio.target, routes: [{ virtualService: 'checkout', http: 'main' }, { virtualService: 'checkout-internal' }] },
      other: istio.target,
      objects: [istio.refTo('checkout'), istio.refTo('checkout-internal')],
      rulesAt: '/spec/http',
      rulesOf: listIn('http'),
      turned,
      withoutMirrors: (one) => ({ ...one, mirrors: (one['mirrors'] as readonly Fields[]).slice(0, 1) }),
      withoutCookies: (one) => ({ ...one, route: (one['route'] as readonly Fields[]).map((entry) => without(entry, 'headers')) }),
      withForeign: (one) => ({ ...one, corsPolicy: { maxAge: '1h' }, timeout: '4s' }),
    };
  });
}

export function gatewayInSandbox(kind: 'gatewayApi' | 'linkerd'): Promise<SandboxRoutes> {
  return inSandbox(async (plain) => {
    for (const name of ['assets', 'assets-next', 'checkout', 'checkout-canary']) {
      const ref = { apiVersion: 'v1', resource: 'services', namespace: 'shop', name };
      await plain.write({ create: ref, object: gateway.service(name) });
    }
    const api = settledView(plain, 1, async () => undefined);
    const parts = { parentRefs: [gateway.inMesh] };
    await gateway.put(api, gateway.route('checkout', [gateway.foreignRule, gateway.mainRule], parts));
    await gateway.put(api, gateway.route('internal', [{ backendRefs: [gateway.to('checkout')] }], { ...parts, kind: 'GRPCRoute' }));
    return {
      kind,
      api,
      routerOn: (on) => createRouter(kind, on),
      target: { ...gateway.target, routes: [{ httpRoute: 'checkout', rule: 'main' }, { grpcRoute: 'internal' }] },
      other: gateway.target,
      objects: [gateway.refTo('checkout'), gateway.refTo('internal', 'grpcroutes')],
      rulesAt: '/spec/rules',
      rulesOf: listIn('rules'),
      turned,
      withoutMirrors: (rule) => ({
        ...rule,
        filters: ((rule['filters'] ?? []) as Fields[]).filter(({ type }) => type !== 'RequestMirror'),
      }),
      withoutCookies: (rule) => ({ ...rule, backendRefs: (rule['backendRefs'] as Fields[]).map((ref) => without(ref, 'filters')) }),
      withForeign: (rule) => ({ ...rule, anotherField: { of: ['somebody'] }, timeouts: { request: '8s' } }),
    };
  });
}

export function consulInSandbox(): Promise<SandboxRoutes> {
  return inSandbox(async (api, url) => {
    await splitters.put(api, splitters.splitter('checkout', [splitters.to('stable', 100)]));
    await splitters.put(api, splitters.splitter('checkout-internal', [splitters.to('stable', 100)]));
    for (const name of ['checkout', 'checkout-internal']) {
      const status = `${url}/apis/consul.hashicorp.com/v1alpha1/namespaces/shop/servicesplitters/${name}/status`;
      const headers = { 'content-type': 'application/merge-patch+json', authorization: `Bearer ${token}` };
      await fetch(status, { method: 'PATCH', headers, body: JSON.stringify({ status: splitters.synced }) });
    }
    return {
      kind: 'consul',
      api,
      routerOn: splitters.routerOn,
      target: { ...splitters.target, routes: [{ serviceSplitter: 'checkout' }, { serviceSplitter: 'checkout-internal' }] },
      other: splitters.target,
      objects: [splitters.refTo('checkout'), splitters.refTo('checkout-internal')],
      rulesAt: '/spec/splits',
      rulesOf: listIn('splits'),
      turned: (split) => split,
      withoutMirrors: (split) => split,
      withoutCookies: (split) => split,
      withForeign: (split) => split,
    };
  });
}
