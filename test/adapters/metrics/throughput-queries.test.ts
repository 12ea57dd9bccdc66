import { describe, expect, it } from 'vitest';
import type { ShareNames } from '../../../adapters/metrics/side-labels.ts';
import { throughputQuery } from '../../../adapters/metrics/throughput-queries.ts';
import { checkQuery } from '../../../core/analysis/check-query.ts';
import { QueryEngine } from '../../../sandbox/prometheus/query-engine.ts';
import { SeriesStore } from '../../../sandbox/prometheus/series-store.ts';
import { names } from './share-names.ts';

const service = { throughputOf: 'service', windowSeconds: 60 } as const;
const canary = { throughputOf: 'canary', windowSeconds: 60 } as const;

const istio = (reporter: string, of: string) =>
  `sum(rate(istio_requests_total{reporter="${reporter}",destination_service_name="${of}",destination_service_namespace="shop"}[60s]))`;

const ofLinkerd = (deployment: string) =>
  `sum(rate(response_total{direction="outbound",dst_namespace="shop",dst_deployment="${deployment}"}[60s]))`;

const ofConsul = (subset: string) =>
  `sum(rate(envoy_cluster_upstream_rq_xx{consul_destination_service="checkout",consul_destination_service_subset="${subset}"}[60s]))`;

const bySides = (...[stable = '', ofCanary = '']: string[]) => `${stable} + ${ofCanary} > 0 or ${stable} > 0 or ${ofCanary} > 0`;
const reporters = ['source', 'waypoint', 'destination'];
const subsets = { host: 'checkout', stable: 'v1', canary: 'v2' };
const own = { stable: 'nginx_requests{app="{{stable}}"}', canary: 'nginx_requests{app="{{canaryWorkload}}"}' };

describe('the query for the throughput', () => {
  it.each<[string, Partial<ShareNames>, string, string]>([
    [
      "Istio's, of one reporter for both sides",
      {},
      reporters.map((each) => bySides(istio(each, 'checkout'), istio(each, 'checkout-canary'))).join(' or '),
      reporters.map((each) => `${istio(each, 'checkout-canary')} > 0`).join(' or '),
    ],
    [
      "Linkerd's, by workload",
      { kind: 'linkerd' },
      bySides(ofLinkerd('checkout-app'), ofLinkerd('checkout-app-canary')),
      `${ofLinkerd('checkout-app-canary')} > 0`,
    ],
    ["Consul's, by subset", { kind: 'consul', subsets }, bySides(ofConsul('v1'), ofConsul('v2')), `${ofConsul('v2')} > 0`],
    [
      "the spec's own",
      { telemetry: own },
      bySides('sum(rate(nginx_requests{app="checkout"}[60s]))', 'sum(rate(nginx_requests{app="checkout-app-canary"}[60s]))'),
      'sum(rate(nginx_requests{app="checkout-app-canary"}[60s])) > 0',
    ],
  ])('counts by series that are %s', (_, change, ofService, ofCanary) => {
    expect(throughputQuery({ ...names, ...change }, service)).toBe(ofService);
    expect(throughputQuery({ ...names, ...change }, canary)).toBe(ofCanary);
    expect(checkQuery(ofService)).toEqual({ ok: true });
    expect(checkQuery(ofCanary)).toEqual({ ok: true });
  });

  it('is the same where Istio serves the Gateway API, and by workload where a host is split into subsets', () => {
    expect(throughputQuery({ ...names, kind: 'gatewayApi' }, service)).toBe(throughputQuery(names, service));
    expect(throughputQuery({ ...names, subsets }, canary)).toContain('destination_workload="checkout-app-canary"');
  });
});

interface Counted {
  readonly reporter: string;
  readonly of: string;
  readonly perSecond: number;
}

/** What is answered at 600 s by a Prometheus that has scraped such counters every 15 s. */
function answered(counted: readonly Counted[], of: typeof service | typeof canary): number | undefined {
  const store = new SeriesStore({ retentionMs: 3_600_000 });
  for (const { reporter, of: destination, perSecond } of counted) {
    const labels = { reporter, destination_service_name: destination, destination_service_namespace: 'shop' };
    for (let at = 300; at <= 600; at += 15) store.append({ ...labels, __name__: 'istio_requests_total' }, at * 1000, perSecond * at);
  }
  const { result } = new QueryEngine(store, { lookbackMs: 300_000 }).instant(throughputQuery(names, of), 600_000);
  if (result.type !== 'vector' || result.samples.length > 1) throw new Error('the query answers no single number');
  return result.samples[0]?.value;
}

describe('the throughput', () => {
  const both = (reporter: string, stable: number, ofCanary: number): Counted[] => [
    { reporter, of: 'checkout', perSecond: stable },
    { reporter, of: 'checkout-canary', perSecond: ofCanary },
  ];

  it.each<[string, Counted[], number | undefined, number | undefined]>([
    ['is what both sides answer, or the canary', both('source', 90, 10), 100, 10],
    ['is counted once where several report the same', [...both('source', 90, 10), ...both('destination', 90, 10)], 100, 10],
    ['is what the first reporter tells that counts any', [...both('source', 0, 0), ...both('destination', 45, 5)], 50, 5],
    ['is what stable answers where the canary has no series', [{ reporter: 'source', of: 'checkout', perSecond: 80 }], 80, undefined],
    ['is what the canary answers at full weight', both('waypoint', 0, 30), 30, 30],
    ['is no data where nothing is answered', both('source', 0, 0), undefined, undefined],
    ['is no data where nothing is counted', [], undefined, undefined],
  ])('%s', (_, counted, ofService, ofCanary) => {
    expect(answered(counted, service)).toEqual(ofService === undefined ? undefined : expect.closeTo(ofService));
    expect(answered(counted, canary)).toEqual(ofCanary === undefined ? undefined : expect.closeTo(ofCanary));
  });
});
