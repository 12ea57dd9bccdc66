import { describe, expect, it } from 'vitest';
import type { RolloutSpec, RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { loadBalancer, type SimulatedLoadBalancer, writtenMetrics } from '../../backtest/load-balancer.ts';
import { comparingSpec, recordFor, replayOf } from '../../backtest/record-for-tests.ts';
import { type Measured, runInProduction } from '../../backtest/run-in-production.ts';
import { type SimulatedService, scrapedService } from '../../backtest/simulated-service.ts';
import { startMs } from '../rollout/rollout-for-tests.ts';

const forSeconds = 900;
const service: SimulatedService = {
  seed: 7,
  fromMs: startMs,
  pastSeconds: 2_100,
  forSeconds,
  requestsPerSecond: 50,
  canaryPart: 0.2,
  failing: () => 0.01,
};
const late = (share: number) => (side: string, after: number) => (side === 'canary' && after > 300 ? share : 0.01);
const steps: RolloutSpecSource['steps'] = [
  { weight: 10, bake: '65s' },
  { weight: 50, bake: '2m' },
  { weight: 100, bake: '5m' },
];
const spec = comparingSpec({ steps });

const inErrors = 'sum(rate(istio_requests_total{destination_service_name="{{canary}}",response_code="503"}[1m]))';
/** Metrics of every role. */
const manifold = comparingSpec(
  { steps },
  {
    warmUp: '30s',
    metrics: [
      { successRate: {}, startingStep: 2 },
      { successRate: { objective: '98%', baseline: 'none' }, name: 'objective', critical: false },
      { latency: { above: '250ms' }, dryRun: true },
      { throughput: 'service', min: 40 },
      { throughput: 'canary', max: 11, critical: false },
      { name: 'errors a second', query: inErrors, max: 0.5, failures: { for: '40s' }, initialDelay: '1m' },
    ],
  },
);

/** Datapoints stand for whole minutes, and come late. */
const forMinutesLater = 2 * forSeconds;

async function bothOf(of: RolloutSpec, change: Partial<SimulatedService>, metrics?: Measured['metrics']) {
  const seconds = metrics === undefined ? forSeconds : forMinutesLater;
  const store = scrapedService({ ...service, ...change });
  const replayed = replayOf(await recordFor(of, store, seconds, metrics), of, startMs + seconds * 1000);
  const looks = replayed.looks.map(({ atMs, stepIndex, verdicts, action }) => ({ atMs, stepIndex, verdicts, action }));
  return { looks, production: await runInProduction(of, { store, metrics }, startMs + seconds * 1000) };
}

/** A load balancer of 30 requests a second, of which few fail. */
const balanced: SimulatedLoadBalancer = {
  seed: 5,
  fromMs: startMs,
  pastSeconds: 600,
  forSeconds: forMinutesLater,
  requestsPerSecond: () => 30,
  failing: () => 0.003,
  latencySeconds: () => 0.08,
};
const metricOf = (name: string, stat: string) => ({
  ...{ namespace: 'AWS/ApplicationELB', name, stat },
  dimensions: { LoadBalancer: loadBalancer },
});
/** All that CloudWatch may be asked. */
const fromCloudWatch = comparingSpec(
  { steps, policies: { noData: { hold: '6m' } } },
  {
    metrics: [
      { loadBalancer, measure: 'failedShare', max: 0.02 },
      { loadBalancer, measure: 'requests', min: 60, critical: false },
      { loadBalancer, measure: 'latency', max: 0.5, startingStep: 2, failures: { for: '2m' } },
      {
        name: 'failed in a hundred',
        cloudwatch: {
          expression: '100 * failed / requests',
          metrics: { failed: metricOf('HTTPCode_Target_5XX_Count', 'Sum'), requests: metricOf('RequestCount', 'Sum') },
        },
        max: 5,
        critical: false,
        initialDelay: '90s',
      },
    ],
  },
);

/** Periods of every length in one call, and looks that fall on none of their ends. */
const ofManyPeriods = (interval: string) =>
  comparingSpec(
    { steps, policies: { noData: { hold: '12m' } } },
    {
      interval,
      metrics: [
        { loadBalancer, measure: 'failedShare', max: 0.02, period: '5m', failures: { consecutive: 1 } },
        { loadBalancer, measure: 'requests', min: 60, period: '1m', critical: false, startingStep: 2 },
        {
          name: 'latency',
          cloudwatch: { metric: { ...metricOf('TargetResponseTime', 'Average'), period: '10s' } },
          ...{ max: 0.5, initialDelay: '70s', failures: { for: '40s' } },
        },
      ],
    },
  );

const failedShareOf = (side: string) =>
  `sum(rate(istio_requests_total{destination_service_name="{{${side}}}",response_code="503"}[1m])) / ` +
  `sum(rate(istio_requests_total{destination_service_name="{{${side}}}"}[1m]))`;
/** Samples every 15 s, and looks every 10 s. */
const sampled = comparingSpec(
  {
    steps: [
      { weight: 10, bake: '4m' },
      { weight: 50, bake: '4m' },
    ],
  },
  {
    metrics: [
      { name: 'failed', mannWhitney: { canary: failedShareOf('canary'), baseline: failedShareOf('stable'), every: '15s', effect: 3 } },
    ],
  },
);

describe('a replay of what was recorded', () => {
  it.each<[string, Partial<SimulatedService>]>([
    ['that is as good as stable', {}],
    ['whose answers are slow', { slow: (side) => (side === 'canary' ? 0.035 : 0.01) }],
    ['that turns bad late', { failing: late(0.08) }],
    ['that leaves room for doubt', { failing: late(0.02), seed: 11 }],
    ['whose caller is replaced', { failing: late(0.03), callerReplacedAt: 150 }],
    ['that is scraped less often than looked at', { failing: late(0.08), scrapeSeconds: 30 }],
    ['with hardly any requests', { requestsPerSecond: 0.4 }],
  ])('judges a canary %s as production does, look by look', async (_, change) => {
    const { looks, production } = await bothOf(spec, change);
    expect(looks.length).toBeGreaterThan(10);
    expect(looks).toEqual(production);
  });

  it.each<[string, Partial<SimulatedService>]>([
    ['good', {}],
    ['worse', { failing: late(0.03) }],
    ['bad', { failing: late(0.2) }],
  ])('counts metrics of every role as production does, where the canary is %s', async (_, change) => {
    const { looks, production } = await bothOf(manifold, change);
    expect(new Set(looks.flatMap(({ verdicts }) => verdicts.map(({ name }) => name))).size).toBe(6);
    expect(looks[0]).toMatchObject({ verdicts: [], action: 'hold' });
    expect(looks).toEqual(production);
  });

  it.each<[string, Partial<SimulatedLoadBalancer>, string]>([
    ['good', {}, 'promote'],
    ['bad from the fifth minute on', { failing: (after) => (after > 300 ? 0.2 : 0.003) }, 'abort'],
    ['slow for a minute', { latencySeconds: (after) => (after > 410 && after < 490 ? 0.9 : 0.08) }, 'promote'],
    ['slow for longer', { latencySeconds: (after) => (after > 410 ? 0.9 : 0.08) }, 'abort'],
    ['silent for three minutes', { requestsPerSecond: (after) => (after > 200 && after < 380 ? 0 : 30) }, 'promote'],
    ['silent for seven minutes', { requestsPerSecond: (after) => (after > 200 && after < 620 ? 0 : 30) }, 'abort'],
    ['silent from the beginning', { requestsPerSecond: (after) => (after > -400 && after < 1_700 ? 0 : 30) }, 'abort'],
    ['of hardly any requests', { requestsPerSecond: () => 0.01 }, 'abort'],
  ])('reads the datapoints of CloudWatch as production does, where the canary is %s', async (_, change, last) => {
    const { looks, production } = await bothOf(fromCloudWatch, {}, writtenMetrics({ ...balanced, ...change }));
    expect(looks.length).toBeGreaterThan(10);
    expect(looks).toEqual(production);
    expect(looks.at(-1)?.action).toBe(last);
  });

  it.each<[string, string, Partial<SimulatedLoadBalancer>]>([
    ['10s', 'good', {}],
    ['7s', 'good', {}],
    ['10s', 'bad from the fifth minute on', { failing: (after) => (after > 300 ? 0.2 : 0.003) }],
    ['7s', 'slow for a minute', { latencySeconds: (after) => (after > 410 && after < 470 ? 0.9 : 0.08) }],
    ['45s', 'silent for three minutes', { requestsPerSecond: (after) => (after > 200 && after < 380 ? 0 : 30) }],
    ['10s', 'silent from the beginning', { requestsPerSecond: (after) => (after > -400 ? 0 : 30) }],
    ['4m', 'silent for three minutes', { requestsPerSecond: (after) => (after > 200 && after < 380 ? 0 : 30) }],
  ])('reads datapoints of several periods as production does, looked at every %s, where the canary is %s', async (interval, _, change) => {
    const metrics = writtenMetrics({ ...balanced, pastSeconds: 1_800, ...change });
    const { looks, production } = await bothOf(ofManyPeriods(interval), {}, metrics);
    expect(looks.length).toBeGreaterThan(5);
    expect(looks).toEqual(production);
  });

  it.each<[string, Partial<SimulatedService>, string]>([
    ['good', {}, 'promote'],
    ['bad', { failing: (side) => (side === 'canary' ? 0.1 : 0.01) }, 'abort'],
    ['of hardly any requests', { requestsPerSecond: 0.02 }, 'abort'],
  ])('compares samples as production does, where the canary is %s', async (_, change, last) => {
    const { looks, production } = await bothOf(sampled, change);
    expect(looks).toEqual(production);
    expect(looks.at(-1)).toMatchObject({ action: last, verdicts: [{ name: 'failed' }] });
  });
});
