import { createCloudWatchMetrics } from '../../adapters/metrics/cloudwatch-metrics.ts';
import { createPrometheus } from '../../adapters/metrics/prometheus.ts';
import { metricsNow } from '../../core/analysis/metrics-now.ts';
import { overallVerdict, type Verdict } from '../../core/analysis/verdict.ts';
import { paceOf } from '../../core/plan/history.ts';
import { planRollout } from '../../core/plan/plan.ts';
import { decide } from '../../core/rollout/decide.ts';
import { newWatch, observe, unpaused } from '../../core/rollout/observe.ts';
import { isCloudWatch, isMannWhitney, isPrometheusMetric, isProportion, type RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { routeTargetOf, workloadNamesOf } from '../../runtime/acts/door-target.ts';
import { judgeDatapoints } from '../../runtime/acts/judge-datapoints.ts';
import { judgeProportions } from '../../runtime/acts/judge-proportions.ts';
import { judgeQueries } from '../../runtime/acts/judge-queries.ts';
import { judgeShifts } from '../../runtime/acts/judge-shifts.ts';
import { MetricStore } from '../../sandbox/cloudwatch/metric-store.ts';
import type { SeriesStore } from '../../sandbox/prometheus/series-store.ts';
import { recordOf, startMs } from '../core/rollout/rollout-for-tests.ts';
import { lateCloudWatchOf } from './load-balancer.ts';
import { fetchOf, standingClock } from './prometheus-of-store.ts';

export interface ProductionLook {
  readonly atMs: number;
  readonly stepIndex: number;
  readonly verdicts: readonly Verdict[];
  readonly action: string;
}

/** What has measured the service: a Prometheus that has scraped it, and where there is one, CloudWatch, whose periods are minutes. */
export interface Measured {
  readonly store: SeriesStore;
  readonly metrics?: MetricStore | undefined;
}

/** What RunAnalysis and Decide come to, look by look, when they ask what has measured the service, and the canary's pods are ready. */
export async function runInProduction(spec: RolloutSpec, { store, metrics }: Measured, toMs: number): Promise<ProductionLook[]> {
  const clock = standingClock(startMs);
  const prometheus = createPrometheus({ url: 'http://prometheus.example.com', clock, fetch: fetchOf(store) });
  const call = lateCloudWatchOf(metrics ?? new MetricStore(), { now: () => clock.now() });
  const cloudWatch = createCloudWatchMetrics({ call, clock });
  const deps = { clock, cloudWatch, prometheus: () => ({ metrics: prometheus, alerts: { read: async () => [] } }) };
  const plan = planRollout(spec);
  const pace = paceOf(plan, spec.policies, false);
  const open = { spec, plan, target: routeTargetOf(spec), names: workloadNamesOf(spec) };
  let record = recordOf({ watch: newWatch(0, startMs), trafficSinceMs: startMs });
  const looks: ProductionLook[] = [];
  for (let nowMs = startMs; nowMs <= toMs; ) {
    clock.set(nowMs);
    const moment = { stepIndex: record.watch?.stepIndex ?? 0, nowMs, trafficSinceMs: startMs };
    const { asked, warmsUpUntilMs } = metricsNow(spec.analysis.metrics, moment);
    const queried = await judgeQueries(deps, { ...open, record }, asked.filter(isPrometheusMetric), {
      tallies: record.tallies,
      asksForNewestSample: false,
    });
    const read = await judgeDatapoints(deps, { ...open, record } as Parameters<typeof judgeDatapoints>[1], asked.filter(isCloudWatch));
    const judged = await judgeProportions(deps, { ...open, record }, asked.filter(isProportion));
    const shifts = await judgeShifts(deps, { ...open, record }, asked.filter(isMannWhitney));
    const answers = { ...record.answers, ...judged.answers };
    const tallies = { ...record.tallies, ...queried.tallies, ...read.tallies };
    record = { ...record, tallies, datapoints: { ...record.datapoints, ...read.datapoints } };
    // A replay asks nobody, so its verdicts do not say what was asked.
    const verdicts = [...queried.verdicts, ...read.verdicts, ...judged.verdicts, ...shifts].map(({ query: _, ...verdict }) => verdict);
    const warming = warmsUpUntilMs === undefined ? {} : { warmsUpUntilMs };
    const overall = overallVerdict([{ name: 'canary', verdict: 'pass', reason: '' }, ...verdicts]);
    const analysis = { atMs: nowMs, overall, verdicts: [...verdicts], ...warming };
    const { watch: before = newWatch(0, startMs) } = record;
    const bakeMs = (plan.steps[before.stepIndex]?.bakeSeconds ?? 0) * 1000;
    const watch = observe(before, analysis, { intervalMs: spec.analysis.intervalSeconds * 1000, bakeMs });
    const decision = decide({ spec, plan, pace, watch, startedAtMs: startMs, restores: 0, request: undefined }, analysis);
    looks.push({ atMs: nowMs, stepIndex: watch.stepIndex, verdicts, action: decision.action });
    if (decision.action === 'promote' || decision.action === 'abort') return looks;
    if (decision.action === 'advance') record = { ...record, answers: { ...answers }, watch: newWatch(decision.stepIndex, nowMs) };
    else {
      record = { ...record, answers: { ...answers }, watch: unpaused(watch) };
      // Long intervals are waited for by Step Functions, short ones within RunAnalysis.
      const { waitSeconds, watchSeconds } = 'tick' in decision ? decision.tick : { waitSeconds: 0, watchSeconds: 1 };
      nowMs += 1000 * Math.max(1, Math.min(spec.analysis.intervalSeconds, waitSeconds + watchSeconds));
    }
  }
  return looks;
}
