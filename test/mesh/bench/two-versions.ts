import type { KubernetesObject } from '../../../core/ports.ts';
import type { Bench } from './types.ts';

const sides = [
  ['web', 'v1', 'stable'],
  ['web-canary', 'v2', 'canary'],
] as const;

const containerPorts = [
  { name: 'http', containerPort: 8080 },
  { name: 'grpc', containerPort: 9090 },
  { name: 'tcp', containerPort: 9000 },
];
/** Of no other Service in the mesh: a TCP port of the sidecar leads to one. */
export const tcpPort = 9017;
const servicePorts = [
  { name: 'http', port: 80, targetPort: 'http' },
  { name: 'grpc', port: 9090, targetPort: 'grpc' },
];
export const tcpService: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web-tcp' },
  spec: { selector: { app: 'web', side: 'canary' }, ports: [{ name: 'tcp', port: tcpPort, targetPort: 'tcp' }] },
};

/** `web` at `v1` and `web-canary` at `v2`, each a Deployment of two pods behind a Service, for `FreshNamespace.apply`. */
export function workloads(image: string): KubernetesObject[] {
  return sides.flatMap(([name, version, side]) => {
    const labels = { app: 'web', side };
    return [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: { containers: [{ name: 'web', image: `${image}:${version}`, ports: containerPorts }] },
          },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name },
        spec: { selector: labels, ports: servicePorts },
      },
    ];
  });
}

/** A VirtualService, for the gateway and the mesh, and an HTTPRoute, both called `web`, that lead to `web` alone, by weights 100 and 0. */
export function routes(host: string, { istioGateway, gatewayApiParent }: Bench): KubernetesObject[] {
  return [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'web' },
      spec: {
        hosts: [host, 'web'],
        gateways: [istioGateway, 'mesh'],
        http: [
          {
            route: [
              { destination: { host: 'web' }, weight: 100 },
              { destination: { host: 'web-canary' }, weight: 0 },
            ],
            retries: { attempts: 0 },
          },
        ],
      },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'web' },
      spec: {
        parentRefs: [gatewayApiParent],
        hostnames: [host],
        rules: [{ backendRefs: sides.map(([name], index) => ({ name, port: 80, weight: index === 0 ? 100 : 0 })) }],
      },
    },
  ];
}
