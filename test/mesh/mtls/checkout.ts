import type { KubernetesObject } from '../../../core/ports.ts';
import { type RolloutSpec, rolloutSpec } from '../../../core/spec/rollout-spec.ts';
import { sidecarAnnotation } from '../bench/mtls/sidecar-object.ts';
import type { Bench } from '../bench/types.ts';

/** A service with sidecars, onboarded, and a pod of another identity. */
export function checkoutWithSidecars(image: string, host: string, { istioGateway }: Bench): KubernetesObject[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'checkout' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'stranger' } },
    deployment('checkout', `${image}:v1`, { app: 'checkout', 'sluice.dev/side': 'stable' }),
    deployment('stranger', `${image}:stranger`, { app: 'stranger' }),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'checkout' },
      spec: {
        selector: { app: 'checkout', 'sluice.dev/side': 'stable' },
        ports: [{ name: 'http', port: 80, targetPort: 'http' }],
      },
    },
    mutualTlsTo('checkout'),
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'checkout' },
      spec: {
        hosts: [host],
        gateways: [istioGateway],
        http: [{ name: 'checkout', route: [{ destination: { host: 'checkout' } }], retries: { attempts: 0 } }],
      },
    },
  ];
}

/** The rollout that Sluice is asked for. */
export function checkoutSpec(namespace: string, image: string): RolloutSpec {
  return rolloutSpec.parse({
    name: 'checkout',
    cluster: 'mesh-bench',
    namespace,
    workload: { deployment: 'checkout', container: 'app' },
    image: { repository: image },
    router: { kind: 'istio', routes: [{ virtualService: 'checkout' }] },
    steps: [
      { weight: 50, bake: '1m' },
      { weight: 100, bake: '1m' },
    ],
    analysis: { interval: '10s', prometheus: { url: 'http://prometheus.example.com' }, alerts: ['CheckoutSlow'] },
  });
}

/**
 * Automatic mutual TLS is off on the bench, so callers are told by this: those that have a certificate. The sidecar of the bench has none:
 * its Envoy would wait for one for ever, and would take no other service meanwhile.
 */
export function mutualTlsTo(host: string): KubernetesObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: host },
    spec: { host, exportTo: ['.', 'istio-system'], trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } },
  };
}

export const strict: KubernetesObject = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'default' },
  spec: { mtls: { mode: 'STRICT' } },
};

/** The gateway may read, and nobody may do anything else, at the pods that bear these labels. */
export function onlyTheGatewayReads(matchLabels: Readonly<Record<string, string>>): KubernetesObject {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: 'only-the-gateway-reads' },
    spec: {
      selector: { matchLabels },
      action: 'ALLOW',
      rules: [
        {
          from: [{ source: { principals: ['cluster.local/ns/istio-system/sa/gateway'] } }],
          to: [{ operation: { methods: ['GET'] } }],
        },
      ],
    },
  };
}

function deployment(name: string, image: string, labels: Readonly<Record<string, string>>): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { [sidecarAnnotation]: 'mtls' } },
        spec: {
          serviceAccountName: name,
          containers: [{ name: 'app', image, ports: [{ name: 'http', containerPort: 8080 }] }],
        },
      },
    },
  };
}
