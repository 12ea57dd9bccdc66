import { type Plan, ports } from '../supervisor/plan.ts';

/** The mesh's own settings. Mutual TLS needs an agent beside Envoy, which most pods do not have: it is spoken where a DestinationRule says so. */
export function meshConfig({ address }: Plan): unknown {
  return {
    enableAutoMtls: false,
    accessLogFile: '',
    enablePrometheusMerge: false,
    defaultConfig: { discoveryAddress: `${address}:${ports.istiodGrpc}` },
    outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
  };
}

/** Without what needs Istio's own Envoy (metadata exchange), webhooks, or the making of gateways' Deployments. */
export function istiodEnvironment({ debounceMs }: Plan): Readonly<Record<string, string>> {
  return {
    POD_NAMESPACE: 'istio-system',
    POD_NAME: 'istiod',
    CLUSTER_ID: 'Kubernetes',
    ENABLE_CA_SERVER: 'true',
    PILOT_CERT_PROVIDER: 'istiod',
    XDS_AUTH: 'true',
    INJECT_ENABLED: 'false',
    VALIDATION_WEBHOOK_CONFIG_NAME: '',
    INJECTION_WEBHOOK_CONFIG_NAME: '',
    PILOT_ENABLE_METADATA_EXCHANGE: 'false',
    PILOT_ENABLE_ALPN_FILTER: 'false',
    PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER: 'false',
    // Pods tell copies from requests by the suffix, which Istio left out of them by default at some time.
    DISABLE_SHADOW_HOST_SUFFIX: 'false',
    PILOT_DEBOUNCE_AFTER: `${debounceMs}ms`,
  };
}
