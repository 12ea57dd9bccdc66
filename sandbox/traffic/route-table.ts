import type { IncomingHttpHeaders } from 'node:http';
import { hostsOf, type ServiceName, serviceNameOf } from './service-name.ts';
import { SmoothWeights } from './smooth-weights.ts';
import type { Routes } from './virtual-service.ts';

interface Turn {
  readonly signature: string;
  readonly weights: SmoothWeights;
}

/** The routes of all VirtualServices, and whose turn it is in each of their rules. */
export class RouteTable {
  readonly #skip: number;
  readonly #routes = new Map<string, Routes>();
  /** A host as a client may write it, to the key of the first VirtualService that claims it. */
  readonly #hosts = new Map<string, string>();
  readonly #turns = new Map<string, Turn>();

  constructor(skip: number) {
    this.#skip = skip;
  }

  set(key: string, routes: Routes): void {
    this.#routes.set(key, routes);
    this.#indexHosts();
  }

  delete(key: string): void {
    this.#routes.delete(key);
    this.#indexHosts();
  }

  /**
   * Where a new request goes. `unknownHost` where no VirtualService claims the host, `noRule` where the one that does has no rule
   * that fits.
   * @param host without its port; a Service's short name, or any longer form.
   */
  choose(host: string, path: string, headers: IncomingHttpHeaders): ServiceName | 'unknownHost' | 'noRule' {
    const key = this.#keyFor(host);
    const routes = key === undefined ? undefined : this.#routes.get(key);
    if (routes === undefined) return 'unknownHost';
    const rule = routes.rules.find((each) => each.matches(path, headers));
    if (rule === undefined) return 'noRule';
    const signature = rule.destinations.map(({ service, weight }) => `${service.namespace}/${service.name}=${weight}`).join();
    const turnKey = `${key} ${rule.id}`;
    let turn = this.#turns.get(turnKey);
    if (turn?.signature !== signature) {
      turn = {
        signature,
        weights: new SmoothWeights(
          rule.destinations.map(({ weight }) => weight),
          this.#skip,
        ),
      };
      this.#turns.set(turnKey, turn);
    }
    return rule.destinations[turn.weights.next()]?.service ?? 'noRule';
  }

  /** The exact host first, then the longest wildcard. */
  #keyFor(host: string): string | undefined {
    const exact = this.#hosts.get(host);
    if (exact !== undefined) return exact;
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const wildcard = this.#hosts.get(`*${host.slice(dot)}`);
      if (wildcard !== undefined) return wildcard;
    }
    return this.#hosts.get('*');
  }

  #indexHosts(): void {
    this.#hosts.clear();
    for (const [key, { namespace, hosts }] of this.#routes) {
      for (const host of hosts) {
        const isShort = !host.includes('.') && host !== '*';
        for (const spelt of isShort ? hostsOf({ name: host, namespace }) : spellings(host)) {
          if (!this.#hosts.has(spelt)) this.#hosts.set(spelt, key);
        }
      }
    }
  }
}

function spellings(host: string): string[] {
  return host.endsWith('.svc.cluster.local') && !host.startsWith('*') ? hostsOf(serviceNameOf(host, 'default')) : [host];
}
