import { gatewayPorts, type Plan } from '../supervisor/plan.ts';
import { type EnvoySetup, gatewaySetup, sidecarSetup } from './envoy.ts';

/** The node of ordinary pods. */
export const podNode = 'bench';
/** The node of the two Envoys, whose pods no kubelet runs. */
const proxyNode = 'proxies';
const gatewayLabels = { app: 'gateway' };
const namespace = 'istio-system';
const name = 'gateway';

export const istioGateway = `${namespace}/${name}`;
export const gatewayApiParent = { namespace, name } as const;

/** What there must be before istiod starts: namespaces, nodes, and the two Envoys as pods. */
export function groundObjects(plan: Plan): readonly Readonly<Record<string, unknown>>[] {
  const setups = [gatewaySetup(plan), sidecarSetup(plan)];
  return [
    ...setups.map((setup) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: setup.namespace } })),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: gatewaySetup(plan).serviceAccount, namespace } },
    ...[podNode, proxyNode].map((node) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name: node } })),
    ...setups.map(podOf),
  ];
}

/** For the status subresource of each of those pods. */
export function proxyPodStatuses(plan: Plan): readonly { readonly path: string; readonly status: unknown }[] {
  return [gatewaySetup(plan), sidecarSetup(plan)].map((setup) => ({
    path: `/api/v1/namespaces/${setup.namespace}/pods/${setup.name}/status`,
    status: {
      phase: 'Running',
      podIP: setup.address,
      podIPs: [{ ip: setup.address }],
      conditions: ['Initialized', 'ContainersReady', 'Ready', 'PodScheduled'].map((type) => ({ type, status: 'True' })),
    },
  }));
}

function podOf(setup: EnvoySetup) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: setup.name, namespace: setup.namespace, labels: setup.labels },
    spec: { nodeName: proxyNode, serviceAccountName: setup.serviceAccount, containers: [{ name: 'envoy', image: 'envoy' }] },
  };
}

/** What istiod makes listeners of. */
export function meshObjects({ gatewayAddress, sidecarAddress }: Plan): readonly Readonly<Record<string, unknown>>[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: {
        selector: gatewayLabels,
        ports: Object.entries(gatewayPorts).map(([port, number]) => ({ name: `http-${port.toLowerCase()}`, port: number })),
      },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name, namespace },
      spec: {
        selector: gatewayLabels,
        servers: [{ port: { number: gatewayPorts.istio, name: 'http', protocol: 'HTTP' }, bind: gatewayAddress, hosts: ['*'] }],
      },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name, namespace },
      spec: {
        gatewayClassName: 'istio',
        addresses: [{ type: 'Hostname', value: `${name}.${namespace}.svc.cluster.local` }],
        listeners: [{ name: 'http', port: gatewayPorts.gatewayApi, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }],
      },
    },
    {
      // A Gateway of the Gateway API can't say where to listen, and istiod then listens on every address of the machine.
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'EnvoyFilter',
      metadata: { name: 'gateway-listens-on-its-own-address', namespace },
      spec: {
        workloadSelector: { labels: gatewayLabels },
        configPatches: [
          {
            applyTo: 'LISTENER',
            match: { context: 'GATEWAY', listener: { portNumber: gatewayPorts.gatewayApi } },
            patch: {
              operation: 'MERGE',
              value: { address: { socket_address: { address: gatewayAddress, port_value: gatewayPorts.gatewayApi } } },
            },
          },
        ],
      },
    },
    {
      // Of all others, which are those of pods: they take requests and send none. Without it they would listen at every port on the loopback.
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata: { name: 'default', namespace },
      spec: { egress: [{ hosts: ['~/*'] }] },
    },
    {
      // Listens on its own address at each port that any Service of the mesh has.
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata: { name: 'client', namespace: 'mesh-client' },
      spec: { workloadSelector: { labels: { app: 'client' } }, egress: [{ bind: sidecarAddress, captureMode: 'NONE', hosts: ['*/*'] }] },
    },
  ];
}
