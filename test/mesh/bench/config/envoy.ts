import { secretsSocket } from '../mtls/agent.ts';
import { type Plan, ports } from '../supervisor/plan.ts';

export interface EnvoySetup {
  /** What istiod makes of it: listeners of Gateways, or those of a pod of the mesh. */
  readonly type: 'router' | 'sidecar';
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What istiod knows it by, beside the labels of its pod. */
  readonly ownLabels?: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  /** Of its agent, from the folder on in which Envoy is started. Without one it has no certificates. */
  readonly secretsSocket?: string;
  readonly admin: { readonly address: string; readonly port: number };
}

/** Of its agent, in the folder of the run. */
export const gatewayAgentFolder = 'gateway-agent';

export function gatewaySetup({ gatewayAddress, address }: Plan): EnvoySetup {
  return {
    type: 'router',
    name: 'gateway',
    namespace: 'istio-system',
    address: gatewayAddress,
    labels: { app: 'gateway' },
    serviceAccount: 'gateway',
    secretsSocket: `${gatewayAgentFolder}/${secretsSocket}`,
    admin: { address, port: ports.gatewayAdmin },
  };
}

export function sidecarSetup({ sidecarAddress, address }: Plan): EnvoySetup {
  return {
    type: 'sidecar',
    name: 'client',
    namespace: 'mesh-client',
    address: sidecarAddress,
    labels: { app: 'client' },
    serviceAccount: 'default',
    admin: { address, port: ports.sidecarAdmin },
  };
}

/** Without the shared memory of hot restarts, two of them, and a restart after a kill, have nothing to quarrel about. */
export function envoyArguments(bootstrap: string): string[] {
  return ['-c', bootstrap, '--concurrency', '1', '--disable-hot-restart', '--log-level', 'warning'];
}

/** The bootstrap of an Envoy that gets everything else from istiod, and certificates from its agent, as JSON. */
export function envoyBootstrap(setup: EnvoySetup, { address }: Pick<Plan, 'address'>): unknown {
  const { type, name, namespace, labels, ownLabels, serviceAccount, secretsSocket: socket } = setup;
  const fromIstiod = { ads: {}, resource_api_version: 'V3' };
  return {
    node: {
      id: `${type}~${setup.address}~${name}.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `${name}.${namespace}`,
      metadata: {
        NAMESPACE: namespace,
        NAME: name,
        INTERCEPTION_MODE: 'NONE',
        ISTIO_VERSION: '1.31.0',
        CLUSTER_ID: 'Kubernetes',
        LABELS: labels,
        ...(ownLabels === undefined ? {} : { STATIC_LABELS: ownLabels }),
        SERVICE_ACCOUNT: serviceAccount,
        INSTANCE_IPS: setup.address,
      },
    },
    admin: { address: socketAddress(setup.admin.address, setup.admin.port) },
    // Histograms change as often as this; Prometheus asks every second.
    stats_flush_interval: '0.5s',
    stats_config: { use_all_default_tags: false, stats_tags: statsTags },
    dynamic_resources: {
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        set_node_on_first_message_only: true,
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds-grpc' } }],
      },
      lds_config: fromIstiod,
      cds_config: fromIstiod,
    },
    static_resources: { clusters: [istiodCluster(address), ...(socket === undefined ? [] : [agentCluster(socket)])] },
  };
}

/** As Istio's own bootstrap takes names of clusters and codes out of the names of statistics. */
const statsTags = [
  ['cluster_name', '^cluster(\\.(.+);)'],
  ['http_conn_manager_prefix', '^http\\.(((?:[_.[:digit:]\\w]*|[_\\[\\]aAbBcCdDeEfF[:digit:]\\w\\:]*));\\.)'],
  ['response_code', '_rq(_(\\d{3}))$'],
  ['response_code_class', '_rq(_(\\dxx))$'],
  ['listener_address', '^listener\\.(((?:[_.[:digit:]]*|[_\\[\\]aAbBcCdDeEfF[:digit:]]*))\\.)'],
].map(([tag_name, regex]) => ({ tag_name, regex }));

function istiodCluster(address: string): unknown {
  // Finds out by itself that istiod was stopped, or is new at the same address.
  const keepalive = { connection_keepalive: { interval: '10s', timeout: '5s' } };
  return { ...grpcCluster('xds-grpc', socketAddress(address, ports.istiodGrpc), keepalive), alt_stat_name: 'xds-grpc;' };
}

/** By the name that istiod tells proxies to ask for certificates. */
function agentCluster(socket: string): unknown {
  return grpcCluster('sds-grpc', { pipe: { path: socket } }, {});
}

function grpcCluster(name: string, address: unknown, http2_protocol_options: unknown) {
  return {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: { http2_protocol_options },
      },
    },
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  };
}

function socketAddress(address: string, port_value: number): unknown {
  return { socket_address: { address, port_value } };
}
