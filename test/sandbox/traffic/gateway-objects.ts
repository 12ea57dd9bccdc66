import type { KubernetesObject } from '../../../core/ports.ts';

const apiVersion = 'gateway.networking.k8s.io/v1';

export interface RouteOptions {
  readonly name?: string;
  readonly parentRefs?: readonly unknown[];
  readonly hostnames?: readonly string[];
  readonly createdAt?: string;
}

/** An HTTPRoute of the Gateway `edge` for shop.example.com. */
export function httpRoute(
  rules: readonly unknown[],
  {
    name = 'shop',
    parentRefs = [{ name: 'edge' }],
    hostnames = ['shop.example.com'],
    createdAt = '2026-01-01T00:00:00Z',
  }: RouteOptions = {},
): KubernetesObject {
  return {
    apiVersion,
    kind: 'HTTPRoute',
    metadata: { name, namespace: 'shop', creationTimestamp: createdAt },
    spec: { parentRefs, hostnames, rules },
  };
}

/** The Gateway `edge`, with listeners for all hosts where left out. */
export function gateway(...listeners: readonly unknown[]): KubernetesObject {
  return {
    apiVersion,
    kind: 'Gateway',
    metadata: { name: 'edge', namespace: 'shop' },
    spec: { gatewayClassName: 'test', listeners: listeners.length > 0 ? listeners : [{ name: 'http', port: 80, protocol: 'HTTP' }] },
  };
}

export function service(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec: { ports: [{ port: 80 }] } };
}

/** Backends by the names of their Services. */
export function backends(weights: Readonly<Record<string, number>>): unknown[] {
  return Object.entries(weights).map(([name, weight]) => ({ name, port: 80, weight }));
}
