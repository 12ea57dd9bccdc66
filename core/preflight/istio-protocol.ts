import type { ServicePort } from './stable-objects.ts';

/** What a port is to Istio. `detected`: nobody says, so it looks at what comes. */
export type DeclaredProtocol = 'http' | 'tls' | 'tcp' | 'detected';

const protocols: Readonly<Record<string, DeclaredProtocol>> = {
  http: 'http',
  http2: 'http',
  grpc: 'http',
  'grpc-web': 'http',
  'kubernetes.io/h2c': 'http',
  'kubernetes.io/ws': 'http',
  https: 'tls',
  tls: 'tls',
  'kubernetes.io/wss': 'tls',
  tcp: 'tcp',
  udp: 'tcp',
  mongo: 'tcp',
  mysql: 'tcp',
  redis: 'tcp',
};

/**
 * By appProtocol, or else by the part of its name before the first hyphen; whatever Istio does not know is detected.
 *
 * @example declaredProtocol({ port: 80, name: 'http-web' }) // 'http'
 * @example declaredProtocol({ port: 80, name: 'web' }) // 'detected'
 * Source: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/#explicit-protocol-selection
 */
export function declaredProtocol({ name, appProtocol }: Pick<ServicePort, 'name' | 'appProtocol'>): DeclaredProtocol {
  if (appProtocol !== undefined && appProtocol !== null) return protocols[appProtocol.toLowerCase()] ?? 'detected';
  const [first = ''] = (name ?? '').toLowerCase().split('-');
  return protocols[first] ?? 'detected';
}
