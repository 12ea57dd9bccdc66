import { describe, expect, it } from 'vitest';
import { createPrometheus } from '../../../adapters/metrics/prometheus.ts';
import { metricsNow } from '../../../core/analysis/metrics-now.ts';
import { overallVerdict, type Verdict } from '../../../core/analysis/verdict.ts';
import { paceOf } from '../../../core/plan/history.ts';
import { planRollout } from '../../../core/plan/plan.ts';
import { decide } from '../../../core/rollout/decide.ts';
import { newWatch, observe, unpaused } from '../../../core/rollout/observe.ts';
import { isPrometheusMetric, isProportion, type RolloutSpec, type RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { routeTargetOf, workloadNamesOf } from '../../../runtime/acts/door-target.ts';
import { judgeProportions } from '../../../runtime/acts/judge-proportions.ts';
import { judgeQueries } from '../../../runtime/acts/judge-queries.ts';
import type { SeriesStore } from '../../../sandbox/prometheus/series-store.ts';
import { fetchOf, standingClock } from '../../backtest/prometheus-of-store.ts';
import { comparingSpec, recordFor, replayOf } from '../../backtest/record-for-tests.ts';
import { type SimulatedService, scrapedService } from '../../backtest/simulated-service.ts';
import { recordOf, startMs } from '../rollout/rollout-for-tests.ts';

interface Look {
  readonly atMs: number;
  readonly stepIndex: number;
  readonly verdicts: readonly Verdict[];
  readonly action: string;
}

/** What RunAnalysis and Decide come to, look by look, when they ask the Prometheus that has scraped the service. */
async function runInProduction(spec: RolloutSpec, store: SeriesStore, toMs: number): Promise<Look[]> {
  const clock = standingClock(startMs);
  const metrics = createPrometheus({ url: 'http://prometheus.example.com', clock, fetch: fetchOf(store) });
  const deps = { clock, prometheus: () => ({ metrics, alerts: { read: async () => [] } }) };
  const plan = planRollout(spec);
  const pace = paceOf(plan, spec.policies, false);
  const open = { spec, plan, target: routeTargetOf(spec), names: workloadNamesOf(spec) };
  let record = recordOf({ watch: newWatch(0, startMs) });
  const looks: Look[] = [];
  for (let nowMs = startMs; nowMs <= toMs; ) {
    clock.set(nowMs);
    const moment = { stepIndex: record.watch?.stepIndex ?? 0, nowMs, trafficSinceMs: startMs };
    const { asked, warmsUpUntilMs } = metricsNow(spec.analysis.metrics, moment);
    const judged = await judgeProportions(deps, { ...open, record }, asked.filter(isProportion));
    const queried = await judgeQueries(deps, { ...open, record }, asked.filter(isPrometheusMetric), {
      tallies: record.tallies,
      asksForNewestSample: false,
    });
    const answers = { ...record.answers, ...judged.answers };
    record = { ...record, tallies: { ...record.tallies, ...queried.tallies } };
    // A replay asks nobody, so its verdicts do not say what was asked.
    const verdicts = [...queried.verdicts, ...judged.verdicts].map(({ query: _, ...verdict }) => verdict);
    const warming = warmsUpUntilMs === undefined ? {} : { warmsUpUntilMs };
    const analysis = { atMs: nowMs, overall: overallVerdict(verdicts), verdicts: [...verdicts], ...warming };
    const { watch: before = newWatch(0, startMs) } = record;
    const bakeMs = (plan.steps[before.stepIndex]?.bakeSeconds ?? 0) * 1000;
    const watch = observe(before, analysis, { intervalMs: spec.analysis.intervalSeconds * 1000, bakeMs });
    const decision = decide({ spec, plan, pace, watch, startedAtMs: startMs, restores: 0, request: undefined }, analysis);
    looks.push({ atMs: nowMs, stepIndex: watch.stepIndex, verdicts, action: decision.action });
    if (decision.action === 'promote' || decision.action === 'abort') return looks;
    if (decision.action === 'advance') record = { ...record, answers: { ...answers }, watch: newWatch(decision.stepIndex, nowMs) };
    else {
      record = { ...record, answers: { ...answers }, watch: unpaused(watch) };
      nowMs += 1000 * Math.min(spec.analysis.intervalSeconds, 'tick' in decision ? decision.tick.watchSeconds : 1);
    }
  }
  return looks;
}

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

async function bothOf(of: RolloutSpec, change: Partial<SimulatedService>) {
  const store = scrapedService({ ...service, ...change });
  const replayed = replayOf(await recordFor(of, store, forSeconds), of, startMs + forSeconds * 1000);
  const looks = replayed.looks.map(({ atMs, stepIndex, verdicts, action }) => ({ atMs, stepIndex, verdicts, action }));
  return { looks, production: await runInProduction(of, store, startMs + forSeconds * 1000) };
}

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
});
