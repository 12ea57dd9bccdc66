import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../adapters/clock.ts';
import { createPrometheus } from '../../adapters/metrics/prometheus.ts';
import { isPrometheusMetric, rolloutSpec } from '../../core/spec/rollout-spec.ts';
import { metricQueries } from '../../runtime/acts/metric-queries.ts';
import { specSource } from '../core/rollout/rollout-for-tests.ts';
import { attachCluster } from './bench/attach.ts';
import type { MeshCluster } from './bench/types.ts';

describe('a real Prometheus', () => {
  let cluster: MeshCluster;
  beforeAll(async () => {
    cluster = await attachCluster();
  });
  afterAll(() => cluster?.detach());

  it.each([
    ['a scalar', '1 + 1', { status: 'value', value: 2 }],
    ['one sample', 'vector(3)', { status: 'value', value: 3 }],
    ['no sample', 'absent(vector(1))', { status: 'noData' }],
    ['several samples', 'label_replace(vector(1), "a", "b", "", "") or vector(2)', { status: 'noData' }],
    ['no number', 'vector(0) / vector(0)', { status: 'noData' }],
    ['a mistake in the query', 'sum(', { status: 'unavailable' }],
  ])('is understood by Sluice where its answer is %s', async (_what, query, measured) => {
    const prometheus = createPrometheus({ url: cluster.prometheusUrl, clock: systemClock });
    expect(await prometheus.measure([{ name: 'errors', query }])).toMatchObject([{ name: 'errors', ...measured }]);
  });

  it.each(['istio', 'linkerd', 'consul'] as const)('understands the queries that Sluice writes, of %s', async (kind) => {
    const routes = {
      istio: [{ virtualService: 'checkout' }],
      linkerd: [{ httpRoute: 'checkout', rule: 'main' }],
      consul: [{ serviceSplitter: 'checkout' }],
    };
    const metrics = [{ saturation: 'cpu' }, { saturation: 'memory' }, { throughput: 'service', min: 1 }, { throughput: 'canary', min: 1 }];
    const analysis = { prometheus: { url: cluster.prometheusUrl }, metrics };
    const spec = rolloutSpec.parse({ ...specSource(), namespace: 'nowhere', router: { kind, routes: routes[kind] }, analysis });
    const queries = metricQueries(spec.analysis.metrics.filter(isPrometheusMetric), spec);
    const answers = await createPrometheus({ url: cluster.prometheusUrl, clock: systemClock }).measure(queries);
    // Of Consul's services the namespace is no part: those of others may be counted.
    expect(answers.filter(({ status }) => status === 'unavailable')).toEqual([]);
    expect(answers.slice(0, 2)).toMatchObject([{ status: 'noData' }, { status: 'noData' }]);
  });

  it('tells what it would have answered before', async () => {
    const prometheus = createPrometheus({ url: cluster.prometheusUrl, clock: systemClock });
    const lastAtMs = Math.floor(Date.now() / 1000) * 1000;
    expect(await prometheus.history({ name: 'three', query: 'vector(3)' }, { lastAtMs, everySeconds: 60, count: 3 })).toEqual(
      [2, 1, 0].map((minutes) => ({ atMs: lastAtMs - minutes * 60_000, value: 3 })),
    );
  });
});
