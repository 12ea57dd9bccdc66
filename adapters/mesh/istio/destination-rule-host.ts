/** EKS gives every cluster this domain. */
const clusterDomain = 'cluster.local';

/**
 * Whether the host of a DestinationRule is that of a Service. Unlike in speech, there are two ways to write it: Istio completes a name without
 * dots by the rule's namespace, and takes one with dots as it stands.
 *
 * Source: istio, pilot/pkg/model/config.go (ResolveShortnameToFQDN)
 *
 * @example isServiceHost('checkout.shop.svc.cluster.local', 'checkout', 'shop') // true
 * @example isServiceHost('checkout.shop', 'checkout', 'shop') // false: there is no such host
 */
export function isServiceHost(host: string, service: string, namespace: string): boolean {
  return host === service || host === fullHost(service, namespace);
}

/** Whether a host is meant to be a Service's and is not, because Istio does not complete what has a dot. */
export function isHalfWrittenHost(host: string, service: string, namespace: string): boolean {
  const full = fullHost(service, namespace);
  return host !== service && host !== full && full.startsWith(`${host}.`);
}

/** @example wildcardCovers('*.shop.svc.cluster.local', 'checkout', 'shop') // true */
export function wildcardCovers(host: string, service: string, namespace: string): boolean {
  return host.startsWith('*') && fullHost(service, namespace).endsWith(host.slice(1));
}

function fullHost(service: string, namespace: string): string {
  return `${service}.${namespace}.svc.${clusterDomain}`;
}
