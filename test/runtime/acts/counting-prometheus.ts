import type { MetricProvider } from '../../../core/metric-ports.ts';
import type { PrometheusFactory } from '../../../runtime/deps.ts';
import type { SandboxClock } from '../../../sandbox/clock.ts';
import { QueryEngine } from '../../../sandbox/prometheus/query-engine.ts';
import { SeriesStore } from '../../../sandbox/prometheus/series-store.ts';

/** A Prometheus that holds what a test says it has scraped of the two sides of checkout, and evaluates real queries. */
export function countingPrometheus(clock: SandboxClock) {
  const store = new SeriesStore({ retentionMs: 3_600_000 });
  const engine = new QueryEngine(store, { lookbackMs: 300_000 });
  let down = false;
  const metrics: MetricProvider = {
    measure: async (queries) =>
      queries.map(({ name, query }) => {
        const atMs = clock.now();
        if (down) return { name, atMs, status: 'unavailable' as const, why: 'The connection was refused.' };
        const { result } = engine.instant(query, atMs);
        const value = result.type === 'vector' ? result.samples[0]?.value : undefined;
        return value === undefined
          ? { name, atMs, status: 'noData' as const, why: 'The query answers no series.' }
          : { name, atMs, status: 'value' as const, value };
      }),
    history: async ({ query }, { lastAtMs, everySeconds, count }) => {
      const stepMs = everySeconds * 1000;
      const { result } = engine.range(query, { startMs: lastAtMs - (count - 1) * stepMs, endMs: lastAtMs, stepMs });
      return down ? [] : (result[0]?.points ?? []).map(({ atMs, value }) => ({ atMs, value }));
    },
  };
  const prometheus: PrometheusFactory = () => ({ metrics, alerts: { read: async () => [] } });
  return {
    prometheus,
    goDown: () => {
      down = true;
    },
    /** Scrapes both counters now, or at another time. */
    scrape: (counts: { readonly stable: number; readonly canary?: number }, { reporter = 'source', atMs = clock.now() } = {}) => {
      const labels = { __name__: 'istio_requests_total', reporter, destination_service_namespace: 'shop' };
      store.append({ ...labels, destination_service_name: 'checkout' }, atMs, counts.stable);
      if (counts.canary !== undefined) store.append({ ...labels, destination_service_name: 'checkout-canary' }, atMs, counts.canary);
    },
    /** Scrapes the answers of both sides by their codes, now. */
    scrapeAnswers: (
      sides: Readonly<Partial<Record<'stable' | 'canary', Readonly<Record<string, number>>>>>,
      more: Readonly<Record<string, string>> = {},
    ) => {
      for (const [side, answers] of Object.entries(sides)) {
        for (const [code, count] of Object.entries(answers)) {
          store.append(
            { ...labelsOf('istio_requests_total', side === 'stable' ? 'checkout' : 'checkout-canary'), ...more, response_code: code },
            clock.now(),
            count,
          );
        }
      }
    },
    /** Scrapes a service's histogram of latencies, now: how many answers took no longer than each bound. */
    scrapeBuckets: (service: string, buckets: Readonly<Record<string, number>>) => {
      for (const [le, count] of Object.entries(buckets)) {
        store.append({ ...labelsOf('istio_request_duration_milliseconds_bucket', service), le }, clock.now(), count);
      }
    },
  };
}

function labelsOf(name: string, service: string): Record<string, string> {
  return { __name__: name, reporter: 'source', destination_service_namespace: 'shop', destination_service_name: service };
}
