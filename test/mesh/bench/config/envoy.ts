import { type Plan, ports } from '../supervisor/plan.ts';

export interface EnvoySetup {
  /** What istiod makes of it: listeners of Gateways, or those of a pod of the mesh. */
  readonly type: 'router' | 'sidecar';
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly adminPort: number;
}

export function gatewaySetup({ gatewayAddress: address }: Plan): EnvoySetup {
  const adminPort = ports.gatewayAdmin;
  return { type: 'router', name: 'gateway', namespace: 'istio-system', address, labels: { app: 'gateway' }, adminPort };
}

export function sidecarSetup({ sidecarAddress: address }: Plan): EnvoySetup {
  return { type: 'sidecar', name: 'client', namespace: 'mesh-client', address, labels: { app: 'client' }, adminPort: ports.sidecarAdmin };
}

/**
 * The bootstrap of an Envoy that gets everything else from istiod, as JSON. There is no agent beside it, which would do TLS to istiod and
 * hand out certificates.
 */
export function envoyBootstrap(setup: EnvoySetup, { address }: Plan): unknown {
  const { type, name, namespace, labels } = setup;
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
        INSTANCE_IPS: setup.address,
      },
    },
    admin: { address: socketAddress(address, setup.adminPort) },
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
    static_resources: { clusters: [istiodCluster(address)] },
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
  return {
    name: 'xds-grpc',
    alt_stat_name: 'xds-grpc;',
    type: 'STATIC',
    connect_timeout: '1s',
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        // Finds out by itself that istiod was stopped, or is new at the same address.
        explicit_http_config: { http2_protocol_options: { connection_keepalive: { interval: '10s', timeout: '5s' } } },
      },
    },
    load_assignment: {
      cluster_name: 'xds-grpc',
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(address, ports.istiodGrpc) } }] }],
    },
  };
}

function socketAddress(address: string, port_value: number): unknown {
  return { socket_address: { address, port_value } };
}
