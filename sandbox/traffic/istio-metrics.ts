import { fullHost, type ServiceName } from './service-name.ts';

/**
 * The upper bounds of Envoy's histograms, in milliseconds, which Istio leaves as they are.
 * Source: Envoy, source/common/stats/histogram_impl.cc, defaultBuckets.
 */
export const bucketBoundsMs = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000,
] as const;

/**
 * Envoy's word for what went wrong with a request: `-` nothing, `UH` no healthy upstream, `UF` no connection to it, `UC` the
 * connection broke, `NR` no route, `NC` no such subset, `UT` no answer in time, `DC` the client went away, `URX` no try left.
 * Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
 */
export type ResponseFlag = '-' | 'UH' | 'UF' | 'UC' | 'NR' | 'NC' | 'UT' | 'DC';
export type ResponseFlags = ResponseFlag | 'URX' | `${ResponseFlag},URX`;

export interface MeteredRequest {
  /** Who measured it: the proxy that sent it, or for a copy, which that one does not count, the pod's own. */
  readonly reporter: 'source' | 'destination';
  /** Undefined where no route was found. */
  readonly service: ServiceName | undefined;
  /** Undefined where no endpoint was chosen: the series then has no `destination_workload`. */
  readonly workload: string | undefined;
  /** What the pod's label `version` says. */
  readonly version: string | undefined;
  readonly status: number;
  readonly responseFlags: ResponseFlags;
  readonly durationMs: number;
}

interface Series {
  readonly labels: string;
  count: number;
  sumMs: number;
  /** Requests per bucket, not yet cumulated; the last one is above all bounds. */
  readonly buckets: number[];
}

/** Istio's standard metrics. Source: https://istio.io/latest/docs/reference/config/metrics/ */
export class IstioMetrics {
  readonly #series = new Map<string, Series>();

  record(request: MeteredRequest): void {
    const { reporter, service, workload, version, status, responseFlags, durationMs } = request;
    const key = `${reporter}/${service?.namespace}/${service?.name}/${workload}/${version}/${status}/${responseFlags}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { labels: labelsOf(request), count: 0, sumMs: 0, buckets: Array.from({ length: bucketBoundsMs.length + 1 }, () => 0) };
      this.#series.set(key, series);
    }
    series.count += 1;
    series.sumMs += durationMs;
    const found = bucketBoundsMs.findIndex((bound) => durationMs <= bound);
    const bucket = found < 0 ? bucketBoundsMs.length : found;
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
  }

  /** Prometheus' text format, version 0.0.4. */
  text(): string {
    const all = [...this.#series.values()];
    const lines = ['# TYPE istio_requests_total counter'];
    for (const { labels, count } of all) lines.push(`istio_requests_total{${labels}} ${count}`);
    lines.push('# TYPE istio_request_duration_milliseconds histogram');
    for (const { labels, count, sumMs, buckets } of all) {
      let cumulated = 0;
      for (const [index, inBucket] of buckets.entries()) {
        cumulated += inBucket;
        lines.push(`istio_request_duration_milliseconds_bucket{${labels},le="${bucketBoundsMs[index] ?? '+Inf'}"} ${cumulated}`);
      }
      lines.push(`istio_request_duration_milliseconds_sum{${labels}} ${sumMs}`);
      lines.push(`istio_request_duration_milliseconds_count{${labels}} ${count}`);
    }
    return `${lines.join('\n')}\n`;
  }
}

function labelsOf({ reporter, service, workload, version, status, responseFlags }: MeteredRequest): string {
  const labels = [
    ['reporter', reporter],
    ['request_protocol', 'http'],
    ['destination_service', service === undefined ? 'unknown' : fullHost(service)],
    ['destination_service_name', service?.name ?? 'unknown'],
    ['destination_service_namespace', service?.namespace ?? 'unknown'],
    ...(workload === undefined
      ? []
      : [
          ['destination_workload', workload],
          ['destination_workload_namespace', service?.namespace ?? 'unknown'],
          ['destination_version', version ?? 'unknown'],
        ]),
    ['response_code', String(status)],
    ['response_flags', responseFlags],
  ];
  return labels.map(([name, value = '']) => `${name}="${escaped(value)}"`).join(',');
}

/** A Host header that became a Service's name may hold what the text format must escape. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
