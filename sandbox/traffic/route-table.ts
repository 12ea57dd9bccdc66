import { evenShare } from './even-share.ts';
import type { Gateway } from './gateway.ts';
import { GatewayRoutes } from './gateway-routes.ts';
import { HostIndex } from './host-index.ts';
import type { HttpRoute } from './http-route.ts';
import { type Destination, destinationName, type RequestFacts, type RouteRule, type WeightedDestination } from './routes.ts';
import { SmoothWeights } from './smooth-weights.ts';
import type { Routes } from './virtual-service.ts';

/** Whose turn it is in one rule. */
interface Turn {
  readonly signature: string;
  readonly weights: SmoothWeights;
  readonly mirrors: readonly (() => boolean)[];
}

/** Where a request goes, by which rule, and who gets copies of it. */
export interface Choice {
  readonly rule: RouteRule;
  readonly destination: WeightedDestination;
  readonly mirrors: readonly Destination[];
}

/** The routes of all VirtualServices and HTTPRoutes, and whose turn it is in each of their rules. */
export class RouteTable {
  readonly #skip: number;
  readonly #virtualServices = new HostIndex<Routes>();
  readonly #gatewayRoutes = new GatewayRoutes();
  readonly #turns = new Map<string, Turn>();

  constructor(skip: number) {
    this.#skip = skip;
  }

  set(key: string, routes: Routes): void {
    this.#virtualServices.set(key, routes);
  }

  setHttpRoute(key: string, route: HttpRoute): void {
    this.#gatewayRoutes.setRoute(key, route);
  }

  setGateway(key: string, gateway: Gateway): void {
    this.#gatewayRoutes.setGateway(key, gateway);
  }

  delete(key: string): void {
    this.#virtualServices.delete(key);
    this.#gatewayRoutes.delete(key);
  }

  /**
   * Where a new request goes. `unknownHost` where no route claims the host, `noRule` where those that do have no rule that fits. A
   * VirtualService comes before HTTPRoutes.
   * @param host without its port; a Service's short name, or any longer form.
   */
  choose(host: string, request: RequestFacts): Choice | 'unknownHost' | 'noRule' {
    const [first] = this.#virtualServices.find(host);
    if (first !== undefined) {
      const rule = first.value.rules.find(({ matches }) => matches(request));
      return rule === undefined ? 'noRule' : this.#take(first.key, rule);
    }
    const found = this.#gatewayRoutes.find(host, request);
    return typeof found === 'string' ? found : this.#take(found.key, found.rule);
  }

  #take(key: string, rule: RouteRule): Choice | 'noRule' {
    const turn = this.#turnOf(`${key} ${rule.id}`, rule);
    const destination = rule.destinations[turn.weights.next()];
    if (destination === undefined) return 'noRule';
    return { rule, destination, mirrors: rule.mirrors.filter((_, index) => turn.mirrors[index]?.()) };
  }

  #turnOf(key: string, { destinations, mirrors }: RouteRule): Turn {
    const signature = [
      ...destinations.map((each) => `${each.service.namespace}/${destinationName(each)}=${each.weight}`),
      ...mirrors.map((each) => `${each.service.namespace}/${destinationName(each)}~${each.share}`),
    ].join();
    const present = this.#turns.get(key);
    if (present?.signature === signature) return present;
    const weights = destinations.map(({ weight }) => weight);
    const turn = {
      signature,
      weights: new SmoothWeights(weights, this.#skip),
      mirrors: mirrors.map(({ share }) => evenShare(share)),
    };
    this.#turns.set(key, turn);
    return turn;
  }
}
