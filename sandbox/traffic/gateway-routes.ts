import { attachedHosts, type Gateway } from './gateway.ts';
import { HostIndex } from './host-index.ts';
import type { HttpRoute } from './http-route.ts';
import { compareRanks } from './http-route-match.ts';
import type { RequestFacts, RouteRule } from './routes.ts';
import { fullHost } from './service-name.ts';

/** One match of one rule of one route, in the place that it has among all of them. */
interface Candidate {
  readonly key: string;
  readonly rule: RouteRule;
  readonly rank: readonly number[];
  readonly createdAt: string;
  readonly fits: (request: RequestFacts) => boolean;
}

interface Attached {
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly candidates: readonly Candidate[];
}

/** HTTPRoutes, under the hosts that their Gateways and Services give them. */
export class GatewayRoutes {
  readonly #routes = new Map<string, HttpRoute>();
  readonly #gateways = new Map<string, Gateway>();
  #hosts: HostIndex<Attached> | undefined;

  setRoute(key: string, route: HttpRoute): void {
    this.#routes.set(key, route);
    this.#hosts = undefined;
  }

  /** @param key as `objectKey` names it. */
  setGateway(key: string, gateway: Gateway): void {
    this.#gateways.set(key, gateway);
    this.#hosts = undefined;
  }

  delete(key: string): void {
    this.#routes.delete(key);
    this.#gateways.delete(key);
    this.#hosts = undefined;
  }

  /**
   * The rule for a request, of all routes of its host: that with the highest rank, then of the oldest route, then of the first by name,
   * then the first in it.
   */
  find(host: string, request: RequestFacts): { readonly key: string; readonly rule: RouteRule } | 'unknownHost' | 'noRule' {
    this.#hosts ??= this.#attach();
    const claims = this.#hosts.find(host);
    if (claims.length === 0) return 'unknownHost';
    const fitting = claims.flatMap(({ value }) => value.candidates).filter(({ fits }) => fits(request));
    const [best] = fitting.toSorted(
      (a, b) => compareRanks(a.rank, b.rank) || compareText(a.createdAt, b.createdAt) || compareText(a.key, b.key),
    );
    return best ?? 'noRule';
  }

  #attach(): HostIndex<Attached> {
    const index = new HostIndex<Attached>();
    for (const [key, route] of this.#routes) {
      const candidates = route.rules.flatMap(({ rule, cases }) =>
        cases.map(({ fits, rank }): Candidate => ({ key, rule, rank, createdAt: route.createdAt, fits })),
      );
      index.set(key, { namespace: route.namespace, hosts: this.#hostsOf(route), candidates });
    }
    return index;
  }

  #hostsOf(route: HttpRoute): string[] {
    return route.parentRefs.flatMap((ref) => {
      const namespace = ref.namespace ?? route.namespace;
      if (ref.kind === 'Service') return [fullHost({ namespace, name: ref.name })];
      const gateway = this.#gateways.get(`Gateway ${namespace}/${ref.name}`);
      const hosts = gateway === undefined ? [] : attachedHosts(gateway, ref, route);
      return typeof hosts === 'string' ? [] : hosts;
    });
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
