import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Measurement } from '../../../core/metric-ports.ts';
import { type RolloutSpec, rolloutSpec } from '../../../core/spec/rollout-spec.ts';
import { probeMetrics } from '../../../runtime/acts/probe-metrics.ts';
import type { PrometheusFactory } from '../../../runtime/deps.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { spec, specSource } from '../../core/rollout/rollout-for-tests.ts';

let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock();
});
afterEach(() => clock.stop());

const usual = spec();
const failures = { consecutive: 2, total: 5 };
const role = { critical: true, dryRun: false, startingStep: 1, initialDelaySeconds: 0 };
const metrics = [
  { name: 'one', query: 'sum(rate(errors_total{app="{{canary}}"}[{{interval}}]))', max: 1, failures, role },
  { name: 'two', query: 'up{app="{{stable}}"}', max: 1, failures, role },
];
const probed = (measure: (query: string) => Promise<Measurement[]>, of: RolloutSpec['analysis']['metrics'] = metrics) => {
  const prometheus: PrometheusFactory = () => ({
    metrics: { measure: ([asked]) => measure(asked?.query ?? ''), history: async () => [] },
    alerts: { read: async () => [] },
  });
  const analysis = { ...usual.analysis, prometheus: { url: 'http://prometheus:9090' }, metrics: of };
  return probeMetrics({ clock, prometheus }, { ...usual, analysis });
};

describe('a probe of the metrics', () => {
  it('asks each query once, as an analysis will send it', async () => {
    const asked: string[] = [];
    const probes = await probed(async (query) => {
      asked.push(query);
      return [{ name: '', atMs: clock.now(), status: 'value', value: 1 }];
    });
    expect(asked).toEqual([`sum(rate(errors_total{app="checkout-canary"}[${usual.analysis.intervalSeconds}s]))`, 'up{app="checkout"}']);
    expect(probes).toMatchObject([
      { name: 'one', asksForCanary: true, answer: { status: 'value' } },
      { name: 'two', asksForCanary: false },
    ]);
  });

  it('asks both queries of a comparison of samples, and none of what the mesh counts', async () => {
    const p99 = { canary: 'p99{app="{{canary}}"}', baseline: 'p99{app="{{stable}}"}' };
    const { analysis } = rolloutSpec.parse(
      specSource({
        analysis: {
          prometheus: { url: 'http://prometheus:9090' },
          metrics: ['successRate', { name: 'p99', mannWhitney: p99, dryRun: true }],
        },
      }),
    );
    const probes = await probed(async () => [], analysis.metrics);
    expect(probes).toMatchObject([
      { name: 'p99', query: 'p99{app="checkout-canary"}', dryRun: true },
      { name: 'p99 of stable', query: 'p99{app="checkout"}', dryRun: true },
    ]);
  });

  it('asks the same of what runs now where Sluice wrote the query', async () => {
    const { analysis } = spec({
      analysis: {
        prometheus: { url: 'http://prometheus:9090' },
        metrics: [{ saturation: 'cpu' }, { throughput: 'service', min: 1 }, { throughput: 'canary', min: 1 }],
      },
    });
    const probes = await probed(async () => [], analysis.metrics);
    expect(
      probes.map(({ name, asksForCanary, readyMade }) => [name, asksForCanary, readyMade?.thresholds.min ?? readyMade?.thresholds.max]),
    ).toEqual([
      ['cpu saturation', true, 0.25],
      ['cpu saturation of stable', false, 0.25],
      ['throughput', false, 1],
      ['throughput of the canary', true, undefined],
      ['throughput of the canary, and of stable', false, undefined],
    ]);
    const [ofCanary, ofStable, service, canary, both] = probes.map(({ query }) => query);
    expect(ofCanary).toContain('pod=~"checkout-canary-[a-z0-9]+-[a-z0-9]+"');
    expect(ofStable).toBe(ofCanary?.replaceAll('checkout-canary', 'checkout'));
    expect(both).toBe(service);
    expect(canary).not.toContain('destination_service_name="checkout"');
  });

  it('does not wait longer than a few seconds, for all of them together', async () => {
    const beganAtMs = clock.now();
    const probes = await probed(() => new Promise(() => undefined));
    expect(probes.map(({ answer }) => answer)).toMatchObject([
      { status: 'unavailable', why: 'Prometheus did not answer within 5 s.' },
      { status: 'unavailable' },
    ]);
    expect(clock.now() - beganAtMs).toBe(5_000);
  });

  it('asks nothing where the spec has no query', async () => {
    expect(await probed(() => Promise.reject(new Error('asked')), [])).toEqual([]);
  });
});
