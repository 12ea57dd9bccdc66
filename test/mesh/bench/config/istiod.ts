import { type Plan, ports } from '../supervisor/plan.ts';

/** The mesh's own settings. Mutual TLS waits for certificates, which an agent beside Envoy would bring: it is off. */
export function meshConfig({ address }: Plan): unknown {
  return {
    enableAutoMtls: false,
    accessLogFile: '',
    enablePrometheusMerge: false,
    defaultConfig: { discoveryAddress: `${address}:${ports.istiodGrpc}` },
    outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
  };
}

/** Without what needs an agent (certificates, metadata exchange), webhooks, or the making of gateways' Deployments. */
export function istiodEnvironment({ debounceMs }: Plan): Readonly<Record<string, string>> {
  return {
    POD_NAMESPACE: 'istio-system',
    POD_NAME: 'istiod',
    CLUSTER_ID: 'Kubernetes',
    ENABLE_CA_SERVER: 'false',
    PILOT_CERT_PROVIDER: 'istiod',
    XDS_AUTH: 'false',
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
