import { type Plan, ports } from '../supervisor/plan.ts';

/**
 * Prometheus' configuration, as JSON, which is YAML. Stock Envoy has no `istio_requests_total`, so what it counts per cluster is renamed as
 * it is scraped, without the delay of a recording rule. Istio's name of a cluster says whose requests they are:
 * `outbound|<port>|<subset>|<service>.<namespace>.svc.cluster.local`.
 *
 * As with Istio, an answer that no pod gave counts under the service (503). Unlike with Istio, each try of a retried request counts, a
 * workload has the name of its Service, or of Service and subset (`web-canary`) where the subset is not `stable`, and durations
 * are not told apart by response code. `source_workload` is `gateway` or `sidecar`.
 */
export function prometheusConfig({ address }: Plan): unknown {
  const target = (source: string, port: number) => ({ targets: [`${address}:${port}`], labels: { source_workload: source } });
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    scrape_configs: [
      {
        job_name: 'envoy',
        metrics_path: '/stats/prometheus',
        params: { usedonly: [''] },
        static_configs: [target('gateway', ports.gatewayAdmin), target('sidecar', ports.sidecarAdmin)],
        metric_relabel_configs: relabelling,
      },
    ],
  };
}

const separator = ';';
const outbound = 'outbound\\|[0-9]+\\|([^|]*)\\|([^.]+)\\.([^.]+)\\.svc\\.cluster\\.local';

/** Sets a label of Istio's on what becomes one of its series; the cluster's name has the groups 1 subset, 2 service, 3 namespace. */
function set(target_label: string, replacement: string, cluster = outbound): unknown {
  return { source_labels: ['__name__', 'cluster_name'], separator, regex: `istio_.*;${cluster}`, target_label, replacement };
}

const relabelling: readonly unknown[] = [
  {
    source_labels: ['__name__', 'response_code', 'cluster_name'],
    separator,
    regex: 'envoy_cluster_upstream_rq;[0-9]+;outbound.*',
    target_label: '__name__',
    replacement: 'istio_requests_total',
  },
  {
    source_labels: ['__name__', 'cluster_name'],
    separator,
    regex: 'envoy_cluster_upstream_rq_time_(bucket|sum|count);outbound.*',
    target_label: '__name__',
    replacement: 'istio_request_duration_milliseconds_$1',
  },
  set('reporter', 'source'),
  set('destination_service', '$2.$3.svc.cluster.local'),
  set('destination_service_name', '$2'),
  set('destination_service_namespace', '$3'),
  set('destination_workload_namespace', '$3'),
  set('destination_workload', '$2'),
  set('destination_workload', '$2-$1', outbound.replace('([^|]*)', '([^|]+)')),
  set('destination_workload', '$2', outbound.replace('([^|]*)', '(stable)')),
  set('destination_version', '$1', outbound.replace('([^|]*)', '([^|]+)')),
];
