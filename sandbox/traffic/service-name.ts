/** A Kubernetes Service, as a route or an EndpointSlice names it. */
export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Reads a host of a VirtualService, or a Host header: a short name lies in the given namespace.
 *
 * @example serviceNameOf('checkout.shop.svc.cluster.local', 'default') // { namespace: 'shop', name: 'checkout' }
 */
export function serviceNameOf(host: string, namespace: string): ServiceName {
  const [name = '', itsNamespace = namespace] = host.split('.');
  return { namespace: itsNamespace, name };
}

export function fullHost(service: ServiceName): string {
  return `${service.name}.${service.namespace}.svc.cluster.local`;
}

/** All the hosts by which a client may call a Service; the short one is the same in every namespace. */
export function hostsOf(service: ServiceName): string[] {
  const { name, namespace } = service;
  return [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, fullHost(service)];
}

export function sameService(a: ServiceName, b: ServiceName): boolean {
  return a.name === b.name && a.namespace === b.namespace;
}
