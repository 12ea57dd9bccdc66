import { escapeForPromql, fillQuery } from '../../core/analysis/query-template.ts';
import type { RouterKind } from '../../core/spec/router-spec.ts';
import type { Telemetry } from '../../core/spec/telemetry-spec.ts';

/** One way in which requests to both sides may be counted: a selector of counters for each. */
export interface ShareView {
  readonly name: string;
  readonly stable: string;
  readonly canary: string;
}

/** What the series of the two sides are told apart by. */
export interface ShareNames {
  readonly kind: RouterKind;
  readonly namespace: string;
  readonly stableService: string;
  readonly canaryService: string;
  readonly stableDeployment: string;
  readonly canaryDeployment: string;
  readonly subsets?: { readonly host: string; readonly stable: string; readonly canary: string } | undefined;
  /** The routes are of connections, not of requests. */
  readonly connections: boolean;
  readonly telemetry?: Telemetry | undefined;
}

export type Labels = Readonly<Record<string, string>>;

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
      : fillQuery(template, { canary: names.canaryService, stable: names.stableService, namespace: names.namespace, intervalSeconds: 0 });
  const { stable, canary } = { stable: own(telemetry.stable), canary: own(telemetry.canary) };
  if (stable !== undefined && canary !== undefined) return [{ name: 'spec', stable, canary }];
  return usual.map((view) => ({ ...view, ...(stable === undefined ? {} : { stable }), ...(canary === undefined ? {} : { canary }) }));
}

function usualViews(names: ShareNames): ShareView[] {
  switch (names.kind) {
    case 'istio':
    case 'gatewayApi':
      return ['source', 'waypoint', 'destination'].map((reporter) => istioView(names, reporter));
    case 'linkerd':
      return linkerdViews(names);
    case 'consul':
      return [consulView(names)];
  }
}

function istioView(names: ShareNames, reporter: string): ShareView {
  const { namespace, subsets } = names;
  const metric = names.connections ? 'istio_tcp_connections_opened_total' : 'istio_requests_total';
  const ofService = (service: string): Labels => ({
    reporter,
    destination_service_name: service,
    destination_service_namespace: namespace,
  });
  if (subsets !== undefined) {
    const ofWorkload = (workload: string) => selector(metric, { ...ofService(subsets.host), destination_workload: workload });
    return { name: reporter, stable: ofWorkload(names.stableDeployment), canary: ofWorkload(names.canaryDeployment) };
  }
  return {
    name: reporter,
    stable: selector(metric, ofService(names.stableService)),
    canary: selector(metric, ofService(names.canaryService)),
  };
}

function linkerdViews({ namespace, ...names }: ShareNames): ShareView[] {
  const ofBackends = (metric: string): ShareView => {
    const to = (service: string) => selector(metric, { backend_namespace: namespace, backend_name: service });
    return { name: metric, stable: to(names.stableService), canary: to(names.canaryService) };
  };
  const to = (deployment: string) =>
    selector('request_total', { direction: 'outbound', dst_namespace: namespace, dst_deployment: deployment });
  return [
    ofBackends('outbound_http_route_backend_requests_total'),
    ofBackends('outbound_grpc_route_backend_requests_total'),
    { name: 'request_total', stable: to(names.stableDeployment), canary: to(names.canaryDeployment) },
  ];
}

function consulView({ subsets, stableService }: ShareNames): ShareView {
  const { host, stable, canary } = subsets ?? { host: stableService, stable: 'stable', canary: 'canary' };
  const to = (subset: string) =>
    selector('envoy_cluster_upstream_rq_total', { consul_destination_service: host, consul_destination_service_subset: subset });
  return { name: 'envoy', stable: to(stable), canary: to(canary) };
}

/** @param more Matchers as PromQL writes them, for what is no equality. */
export function selector(metric: string, labels: Labels, more?: string): string {
  const matchers = Object.entries(labels).map(([name, value]) => `${name}="${escapeForPromql(value)}"`);
  return `${metric}{${[...matchers, ...(more === undefined ? [] : [more])].join(',')}}`;
}

/** When the series that were scraped least lately were scraped, in seconds; no answer where nothing was counted on either side. */
export function oldestScrapeQuery({ stable, canary }: ShareView): string {
  return `min(timestamp(${stable}) or timestamp(${canary}))`;
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
