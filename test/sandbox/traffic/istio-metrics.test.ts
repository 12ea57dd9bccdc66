import { describe, expect, it } from 'vitest';
import { bucketBoundsMs, IstioMetrics } from '../../../sandbox/traffic/istio-metrics.ts';
import { parseMetrics } from './fake-mesh.ts';

const request = {
  reporter: 'source',
  service: { namespace: 'shop', name: 'checkout' },
  workload: 'checkout',
  version: 'unknown',
  status: 200,
  responseFlags: '-',
  durationMs: 1,
} as const;

describe("Istio's metrics", () => {
  it('count requests by destination, workload, code and flags', () => {
    const metrics = new IstioMetrics();
    metrics.record(request);
    metrics.record(request);
    metrics.record({ ...request, status: 500 });
    const counted = parseMetrics(metrics.text()).filter(({ name }) => name === 'istio_requests_total');
    expect(counted.map(({ labels, value }) => [labels['response_code'], value])).toEqual([
      ['200', 2],
      ['500', 1],
    ]);
  });

  it.each([
    [0, '0.5'],
    [0.5, '0.5'],
    [0.6, '1'],
    [1000, '1000'],
    [1001, '2500'],
    [4_000_000, '+Inf'],
  ])('put a latency of %d ms into the bucket up to %s', (durationMs, expected) => {
    const metrics = new IstioMetrics();
    metrics.record({ ...request, durationMs });
    const buckets = parseMetrics(metrics.text()).filter(({ name }) => name.endsWith('_bucket'));
    expect(buckets).toHaveLength(bucketBoundsMs.length + 1);
    expect(buckets.find(({ value }) => value === 1)?.labels['le']).toBe(expected);
  });

  it('stay readable whatever a host is called', () => {
    const metrics = new IstioMetrics();
    metrics.record({ ...request, service: { namespace: 'shop', name: 'a"b\\c' } });
    expect(parseMetrics(metrics.text())[0]?.labels['destination_service_name']).toBe('a\\"b\\\\c');
  });

  it('are empty but readable before the first request', () => {
    expect(parseMetrics(new IstioMetrics().text())).toEqual([]);
  });
});
