import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { plan } from './plan-for-tests.ts';
import { prometheusConfig } from './prometheus.ts';

const config = z.object({
  scrape_configs: z.array(
    z.object({
      static_configs: z.array(z.object({ targets: z.array(z.string()), labels: z.record(z.string(), z.string()) })),
      metric_relabel_configs: z.array(
        z.object({
          source_labels: z.array(z.string()),
          separator: z.string(),
          regex: z.string(),
          target_label: z.string(),
          replacement: z.string(),
        }),
      ),
    }),
  ),
});
const [job] = config.parse(prometheusConfig(plan)).scrape_configs;

/** As Prometheus does it: each rule in turn, its pattern anchored at both ends. */
function relabelled(series: Readonly<Record<string, string>>): Record<string, string> {
  const labels = { ...series };
  for (const { source_labels, separator, regex, target_label, replacement } of job?.metric_relabel_configs ?? []) {
    const source = source_labels.map((name) => labels[name] ?? '').join(separator);
    const match = new RegExp(`^(?:${regex})$`).exec(source);
    if (match !== null) labels[target_label] = replacement.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '');
  }
  return labels;
}

it.each([
  ['outbound|80||web.shop.svc.cluster.local', { destination_workload: 'web' }],
  ['outbound|80||web-canary.shop.svc.cluster.local', { destination_service_name: 'web-canary', destination_workload: 'web-canary' }],
  ['outbound|80|stable|web.shop.svc.cluster.local', { destination_workload: 'web', destination_version: 'stable' }],
  ['outbound|80|canary|web.shop.svc.cluster.local', { destination_workload: 'web-canary', destination_version: 'canary' }],
])('what Envoy counts for %s becomes a series of Istio', (cluster_name, expected) => {
  const common = {
    reporter: 'source',
    destination_service_name: 'web',
    destination_service_namespace: 'shop',
    destination_workload_namespace: 'shop',
    ...expected,
  };
  expect(relabelled({ __name__: 'envoy_cluster_upstream_rq', response_code: '503', cluster_name })).toMatchObject({
    __name__: 'istio_requests_total',
    response_code: '503',
    ...common,
  });
  expect(relabelled({ __name__: 'envoy_cluster_upstream_rq_time_bucket', le: '50', cluster_name })).toMatchObject({
    __name__: 'istio_request_duration_milliseconds_bucket',
    le: '50',
    ...common,
  });
});

it.each([
  { __name__: 'envoy_cluster_upstream_rq', response_code_class: '5xx', cluster_name: 'outbound|80||web.shop.svc.cluster.local' },
  { __name__: 'envoy_cluster_internal_upstream_rq', response_code: '200', cluster_name: 'outbound|80||web.shop.svc.cluster.local' },
  { __name__: 'envoy_cluster_upstream_rq', response_code: '200', cluster_name: 'xds-grpc' },
])('all else stays as Envoy names it: %j', (series) => {
  expect(relabelled(series)).toEqual(series);
});

it('scrapes both Envoys, and tells them apart', () => {
  expect(job?.static_configs).toEqual([
    { targets: ['127.18.3.1:15000'], labels: { source_workload: 'gateway' } },
    { targets: ['127.18.3.1:15001'], labels: { source_workload: 'sidecar' } },
  ]);
});
