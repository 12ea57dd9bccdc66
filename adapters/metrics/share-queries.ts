import { fillQuery } from '../../core/analysis/query-template.ts';
import { consulLabels, istioLabels, istioReporters, type LabelsOf, linkerdLabels, type ShareNames, selector } from './side-labels.ts';

/** One way in which requests to both sides may be counted: a selector of counters for each. */
export interface ShareView {
  readonly name: string;
  readonly stable: string;
  readonly canary: string;
}

/**
 * The ways in which a mesh counts requests, the best first. Only one is used for both sides, because each request may be in several: a caller's
 * proxy, which has drawn the side, a waypoint and the callee's proxy all report it.
 *
 * Istio counts a request when it has ended, and a connection when it begins. Linkerd counts the dispatch to a backend; Consul's Envoys, each try
 * upstream. Sources: https://istio.io/latest/docs/reference/config/metrics/, https://linkerd.io/2/reference/proxy-metrics/ (and in the proxy's
 * source the labels of outbound_http_route_backend_requests_total), https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_stats
 * with Consul's labels, https://developer.hashicorp.com/consul/docs/observe/telemetry/k8s
 */
export function shareViews(names: ShareNames): ShareView[] {
  const { telemetry } = names;
  if (telemetry === 'off') return [];
  const usual = usualViews(names);
  if (telemetry === undefined) return usual;
  const own = (template: string | undefined) =>
    template === undefined
      ? undefined
      : fillQuery(template, {
          canary: names.canaryService,
          stable: names.stableService,
          canaryWorkload: names.canaryDeployment,
          stableWorkload: names.stableDeployment,
          namespace: names.namespace,
          intervalSeconds: 0,
        });
  const { stable, canary } = { stable: own(telemetry.stable), canary: own(telemetry.canary) };
  if (stable !== undefined && canary !== undefined) return [{ name: 'spec', stable, canary }];
  return usual.map((view) => ({ ...view, ...(stable === undefined ? {} : { stable }), ...(canary === undefined ? {} : { canary }) }));
}

function usualViews(names: ShareNames): ShareView[] {
  switch (names.kind) {
    case 'istio':
    case 'gatewayApi':
      return istioReporters.map((reporter) => {
        const metric = names.connections ? 'istio_tcp_connections_opened_total' : 'istio_requests_total';
        return viewOf(reporter, metric, istioLabels(names, reporter));
      });
    case 'linkerd':
      return linkerdViews(names);
    case 'consul':
      return [viewOf('envoy', 'envoy_cluster_upstream_rq_total', consulLabels(names))];
  }
}

function viewOf(name: string, metric: string, labels: LabelsOf): ShareView {
  return { name, stable: selector(metric, labels('stable')), canary: selector(metric, labels('canary')) };
}

function linkerdViews(names: ShareNames): ShareView[] {
  const ofBackends = (metric: string) =>
    viewOf(metric, metric, (side) => ({
      backend_namespace: names.namespace,
      backend_name: side === 'stable' ? names.stableService : names.canaryService,
    }));
  return [
    ofBackends('outbound_http_route_backend_requests_total'),
    ofBackends('outbound_grpc_route_backend_requests_total'),
    viewOf('request_total', 'request_total', linkerdLabels(names)),
  ];
}

/** When the series that were scraped least lately were scraped, in seconds; no answer where nothing was counted on either side. */
export function oldestScrapeQuery(counters: readonly string[]): string {
  return `min(${counters.map((each) => `timestamp(${each})`).join(' or ')})`;
}

/** So far back a series is looked for that was not there at the beginning of a count. */
const missedFor = '15m';

/**
 * By how much counters have grown in the last so many milliseconds: raw differences of each series, without the extrapolation of rate and
 * increase, which also lose what a new series begins with (https://github.com/prometheus/prometheus/issues/3886). A counter that fell was begun
 * anew, and counts from 0, as one that was not there before. One that was there before, but not at the beginning (its scrape failed), says nothing
 * of how much of it is new, and is left out. Series that have vanished are left out; those of one proxy vanish together. 0 where there are none.
 */
export function growthQuery(counters: string, forMs: number): string {
  const before = `offset ${forMs}ms`;
  const missed = `(last_over_time(${counters}[${missedFor}] ${before}) unless ${counters} ${before})`;
  return `sum((${counters} - ${counters} ${before} >= 0) or (${counters} unless ${missed})) or vector(0)`;
}
