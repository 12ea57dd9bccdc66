import { expect } from 'vitest';
import { fenceAnnotation } from '../../../adapters/mesh/fence.ts';
import type { KubernetesObject } from '../../../core/ports.ts';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import type { RequestFacts } from '../../../sandbox/kubernetes/kubernetes.ts';
import { binomialInterval } from '../../contract/binomial.ts';
import type { Stage } from '../../scenarios/stage.ts';
import { countVersions } from '../bench/request.ts';
import type { Bench } from '../bench/types.ts';
import { until } from '../bench/until.ts';

/** How many requests are counted on each way. */
export const requests = 400;
/** So many alike, where a quarter should be of the other version, are beyond chance: one in 10^12. */
const alike = 100;
/** The route of the gateway, which the tier makes. */
export const outer = 'shop';
/** The route of callers within the mesh, written second. */
export const inner = 'checkout-inside';
/** The rule of either. */
export const http = 'checkout';

export type Kind = 'istio' | 'gatewayApi';

export const routeKinds = {
  istio: { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices' },
  gatewayApi: { apiVersion: 'gateway.networking.k8s.io/v1', resource: 'httproutes' },
} as const;

/** What the spec of the rollout says. */
export const routers: Readonly<Record<Kind, RolloutSpecSource['router']>> = {
  istio: { kind: 'istio', routes: [outer, inner].map((virtualService) => ({ virtualService, http })) },
  gatewayApi: { kind: 'gatewayApi', routes: [outer, inner].map((httpRoute) => ({ httpRoute, rule: http })) },
};

export const innerRoutes: Readonly<Record<Kind, KubernetesObject>> = {
  istio: {
    apiVersion: routeKinds.istio.apiVersion,
    kind: 'VirtualService',
    metadata: { name: inner },
    spec: {
      hosts: ['checkout'],
      gateways: ['mesh'],
      http: [{ name: http, route: [{ destination: { host: 'checkout' } }], retries: { attempts: 0 } }],
    },
  },
  gatewayApi: {
    apiVersion: routeKinds.gatewayApi.apiVersion,
    kind: 'HTTPRoute',
    metadata: { name: inner },
    spec: {
      parentRefs: [{ group: '', kind: 'Service', name: 'checkout', port: 80 }],
      rules: [{ name: http, matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: [{ name: 'checkout', port: 80 }] }],
    },
  },
};

type Counts = Readonly<Record<string, number>>;
type Ways = 'gateway' | 'mesh';

/** Requests of users outside, through the gateway's Envoy, and of pods inside, through the sidecar's. */
export class BothWays {
  readonly stage: Stage;
  readonly kind: Kind;
  /** Of every request that was sent: who answered it, or its status where that was not 200. */
  readonly seen: Record<Ways, Set<string>> = { gateway: new Set(), mesh: new Set() };
  readonly #doors: Readonly<Record<Ways, { readonly url: string; readonly host: string }>>;
  readonly #before: readonly unknown[];

  private constructor(stage: Stage, kind: Kind, { meshUrl }: Bench) {
    this.stage = stage;
    this.kind = kind;
    const namespace = this.#read(outer)?.metadata.namespace;
    this.#doors = { gateway: stage.addressOf('checkout'), mesh: { url: meshUrl, host: `checkout.${namespace}` } };
    this.#before = this.contents();
  }

  /** Resolves when stable answers on both ways. */
  static async open(stage: Stage, kind: Kind, bench: Bench): Promise<BothWays> {
    stage.outside((hand) => hand.apply(innerRoutes[kind]));
    const ways = new BothWays(stage, kind, bench);
    await until(async () => (await ways.#count('mesh', 1))['v1'] === 1);
    ways.seen.mesh.clear();
    return ways;
  }

  count(): Promise<readonly [gateway: Counts, mesh: Counts]> {
    return Promise.all([this.#count('gateway', requests), this.#count('mesh', requests)]);
  }

  /** Resolves when this version alone answers on both ways. */
  async untilOnly(version: string): Promise<void> {
    for (const way of ['gateway', 'mesh'] as const) await until(async () => (await this.#count(way, alike))[version] === alike);
  }

  /** Resolves when an answer of the canary came by this way. */
  untilCanary(way: Ways): Promise<void> {
    return until(async () => ((await this.#count(way, 10))['v2'] ?? 0) > 0);
  }

  async expectQuarter(): Promise<void> {
    const [least, most] = binomialInterval(requests, 0.25);
    for (const { v1 = 0, v2 = 0, ...others } of await this.count()) {
      expect([v1 + v2, others]).toEqual([requests, {}]);
      expect(v2).toBeGreaterThanOrEqual(least);
      expect(v2).toBeLessThanOrEqual(most);
    }
  }

  async expectOnly(version: string): Promise<void> {
    await this.untilOnly(version);
    expect(await this.count()).toEqual([{ [version]: requests }, { [version]: requests }]);
  }

  /** As another owner would write it. */
  fenceInner(fence: number): void {
    const annotations = { [fenceAnnotation('checkout')]: String(fence) };
    this.stage.outside((hand) => hand.patch(this.#ref(inner), { metadata: { annotations } }));
  }

  /** T4: both are what they were before the rollout, and no request failed. */
  expectNothingLeft(): void {
    expect(this.contents()).toStrictEqual(this.#before);
    expect([...this.seen.gateway, ...this.seen.mesh].filter((one) => one !== 'v1' && one !== 'v2')).toEqual([]);
  }

  /** What users wrote into the two routes, without the fence. */
  contents(): unknown[] {
    return [outer, inner].map((name) => {
      const object = this.#read(name);
      return { spec: object?.['spec'], annotations: { ...object?.metadata.annotations, [fenceAnnotation('checkout')]: undefined } };
    });
  }

  async #count(way: Ways, times: number): Promise<Counts> {
    const { url, host } = this.#doors[way];
    const counts = await countVersions(url, { host }, times);
    for (const one of Object.keys(counts)) this.seen[way].add(one);
    return counts;
  }

  #ref(name: string) {
    return { ...routeKinds[this.kind], namespace: 'shop', name };
  }

  #read(name: string) {
    return this.stage.sandbox.kubernetes.get(this.#ref(name));
  }
}

/** Whether a request gives the canary its quarter in the route that is written second. */
export function givesInnerItsQuarter({ patch, name, body }: RequestFacts): boolean {
  const operations = patch === 'json' && name === inner ? (body as readonly { op: string; value?: unknown }[]) : [];
  return operations.some(({ op, value }) => op !== 'test' && /"weight":25\b/.test(JSON.stringify(value) ?? ''));
}
