import { describe, expect, it } from 'vitest';
import { growthQuery, oldestScrapeQuery, shareViews } from '../../../adapters/metrics/share-queries.ts';
import { QueryEngine } from '../../../sandbox/prometheus/query-engine.ts';
import { SeriesStore } from '../../../sandbox/prometheus/series-store.ts';
import { names } from './share-names.ts';

describe('the series that count requests to a side', () => {
  it("are Istio's, of one reporter for both sides: who sent them, or a waypoint, or who got them", () => {
    expect(shareViews(names).map(({ name }) => name)).toEqual(['source', 'waypoint', 'destination']);
    expect(shareViews(names)[0]).toEqual({
      name: 'source',
      stable: 'istio_requests_total{reporter="source",destination_service_name="checkout",destination_service_namespace="shop"}',
      canary: 'istio_requests_total{reporter="source",destination_service_name="checkout-canary",destination_service_namespace="shop"}',
    });
  });

  it('are the same where Istio serves the Gateway API', () => {
    expect(shareViews({ ...names, kind: 'gatewayApi' })).toEqual(shareViews(names));
  });

  it('are told apart by the workload where the routes split one host between subsets', () => {
    const [source] = shareViews({ ...names, subsets: { host: 'checkout-all', stable: 'v1', canary: 'v2' } });
    expect(source?.canary).toBe(
      'istio_requests_total{reporter="source",destination_service_name="checkout-all",destination_service_namespace="shop",destination_workload="checkout-app-canary"}',
    );
  });

  it('count connections where the routes are of connections', () => {
    expect(shareViews({ ...names, connections: true })[0]?.stable).toMatch(/^istio_tcp_connections_opened_total\{/);
  });

  it("are the counts of Linkerd's route backends, or of requests by workload where those are not there", () => {
    const views = shareViews({ ...names, kind: 'linkerd' });
    expect(views.map(({ canary }) => canary)).toEqual([
      'outbound_http_route_backend_requests_total{backend_namespace="shop",backend_name="checkout-canary"}',
      'outbound_grpc_route_backend_requests_total{backend_namespace="shop",backend_name="checkout-canary"}',
      'request_total{direction="outbound",dst_namespace="shop",dst_deployment="checkout-app-canary"}',
    ]);
  });

  it("are those of Envoy's clusters in Consul, by subset", () => {
    const subsets = { host: 'checkout', stable: 'stable', canary: 'canary' };
    expect(shareViews({ ...names, kind: 'consul', subsets })).toEqual([
      {
        name: 'envoy',
        stable: 'envoy_cluster_upstream_rq_total{consul_destination_service="checkout",consul_destination_service_subset="stable"}',
        canary: 'envoy_cluster_upstream_rq_total{consul_destination_service="checkout",consul_destination_service_subset="canary"}',
      },
    ]);
  });

  it('are those that the spec names, with its placeholders filled in', () => {
    const telemetry = { stable: 'nginx_requests{app="{{stable}}"}', canary: 'nginx_requests{app="{{canary}}",ns="{{namespace}}"}' };
    expect(shareViews({ ...names, telemetry })).toEqual([
      { name: 'spec', stable: 'nginx_requests{app="checkout"}', canary: 'nginx_requests{app="checkout-canary",ns="shop"}' },
    ]);
  });

  it('are the usual ones on the side that the spec does not name', () => {
    const views = shareViews({ ...names, telemetry: { stable: 'nginx_requests' } });
    expect(views.map(({ stable }) => stable)).toEqual(['nginx_requests', 'nginx_requests', 'nginx_requests']);
    expect(views[0]?.canary).toContain('destination_service_name="checkout-canary"');
  });

  it('are none where the spec switches it off', () => {
    expect(shareViews({ ...names, telemetry: 'off' })).toEqual([]);
  });

  it('cannot be widened by what stands in a name', () => {
    const [view] = shareViews({ ...names, stableService: 'a"} or vector(1) or x{y="' });
    expect(view?.stable).toContain(String.raw`destination_service_name="a\x22} or vector(1) or x{y=\x22"`);
  });
});

/** A Prometheus that has scraped these counters, in seconds and values; null is the marker of a series that has ended. */
function scraped(series: Readonly<Record<string, readonly (readonly [number, number | null])[]>>): QueryEngine {
  const store = new SeriesStore({ retentionMs: 3_600_000 });
  for (const [pod, samples] of Object.entries(series)) {
    const labels = { __name__: 'requests_total', pod, side: pod.split('-')[0] ?? '' };
    for (const [atSeconds, value] of samples) store.append(labels, atSeconds * 1000, value ?? 'stale');
  }
  return new QueryEngine(store, { lookbackMs: 300_000 });
}

/** How much the counters of the canary grew from 100 s to 130 s. */
function growth(series: Parameters<typeof scraped>[0]): number {
  const { result } = scraped(series).instant(growthQuery('requests_total{side="canary"}', 30_000), 130_000);
  if (result.type !== 'vector' || result.samples.length !== 1) throw new Error('the query answers no single number');
  return result.samples[0]?.value ?? Number.NaN;
}

describe('the growth of counters between two moments', () => {
  it.each<[string, Parameters<typeof scraped>[0], number]>([
    [
      'is their raw difference, of all series together',
      {
        'canary-a': [
          [99, 40],
          [129, 70],
        ],
        'canary-b': [
          [95, 5],
          [125, 6],
        ],
      },
      31,
    ],
    [
      'is none where nothing was counted',
      {
        'stable-a': [
          [99, 40],
          [129, 70],
        ],
      },
      0,
    ],
    [
      'is all of a series that was not there before',
      {
        'canary-a': [
          [115, 7],
          [130, 9],
        ],
      },
      9,
    ],
    [
      'is what came since a counter began anew',
      {
        'canary-a': [
          [99, 400],
          [115, 2],
          [130, 12],
        ],
      },
      12,
    ],
    [
      'leaves out a series that has ended',
      {
        'canary-a': [
          [99, 40],
          [115, 60],
          [120, null],
        ],
        'canary-b': [
          [99, 1],
          [129, 4],
        ],
      },
      3,
    ],
    [
      'leaves out a series whose scrape failed when the count began',
      {
        'canary-a': [
          [80, 900],
          [95, null],
          [110, 930],
        ],
      },
      0,
    ],
    [
      'counts whatever was scraped last before both moments',
      {
        'canary-a': [
          [60, 10],
          [101, 14],
          [131, 99],
        ],
      },
      4,
    ],
  ])('%s', (_, series, expected) => {
    expect(growth(series)).toBe(expected);
  });
});

it('a count begins when the series that was scraped first has been scraped since', () => {
  const engine = scraped({ 'canary-a': [[99, 1]], 'stable-a': [[85, 2]], 'stable-b': [[97, 2]] });
  const view = { name: 'test', stable: 'requests_total{side="stable"}', canary: 'requests_total{side="canary"}' };
  const { result } = engine.instant(oldestScrapeQuery([view.stable, view.canary]), 100_000);
  expect(result).toMatchObject({ samples: [{ value: 85 }] });
});
