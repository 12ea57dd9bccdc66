import { hostsOf, serviceNameOf } from './service-name.ts';

interface Claim {
  readonly namespace: string;
  readonly hosts: readonly string[];
}

/** Things by the hosts that they claim, as clients may write them. */
export class HostIndex<T extends Claim> {
  readonly #things = new Map<string, T>();
  readonly #keys = new Map<string, string[]>();

  set(key: string, thing: T): void {
    this.#things.set(key, thing);
    this.#index();
  }

  delete(key: string): void {
    if (this.#things.delete(key)) this.#index();
  }

  /** All that claim the host, in the order in which they came: by the exact host, or else by the longest wildcard. */
  find(host: string): { readonly key: string; readonly value: T }[] {
    return this.#keysFor(host).flatMap((key) => {
      const value = this.#things.get(key);
      return value === undefined ? [] : [{ key, value }];
    });
  }

  #keysFor(host: string): readonly string[] {
    const exact = this.#keys.get(host);
    if (exact !== undefined) return exact;
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const wildcard = this.#keys.get(`*${host.slice(dot)}`);
      if (wildcard !== undefined) return wildcard;
    }
    return this.#keys.get('*') ?? [];
  }

  #index(): void {
    this.#keys.clear();
    for (const [key, { namespace, hosts }] of this.#things) {
      for (const spelt of new Set(hosts.flatMap((host) => spellings(host, namespace)))) {
        this.#keys.set(spelt, [...(this.#keys.get(spelt) ?? []), key]);
      }
    }
  }
}

function spellings(host: string, namespace: string): string[] {
  const isShort = !host.includes('.') && host !== '*';
  if (isShort) return hostsOf({ name: host, namespace });
  return host.endsWith('.svc.cluster.local') && !host.startsWith('*') ? hostsOf(serviceNameOf(host, 'default')) : [host];
}
