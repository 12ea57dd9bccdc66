import { type JudgedDatapoint, judgeDatapoint, ownSinceMs } from '../../core/analysis/judge-datapoint.ts';
import type { MetricTally } from '../../core/analysis/judge-metric.ts';
import { inRole } from '../../core/analysis/metrics-now.ts';
import { patienceMs } from '../../core/analysis/patience.ts';
import { fillQuery } from '../../core/analysis/query-template.ts';
import { withValues } from '../../core/analysis/series-of.ts';
import { type Verdict, withQuery } from '../../core/analysis/verdict.ts';
import type { CloudWatchQuestion, Datapoint } from '../../core/metric-ports.ts';
import { own } from '../../core/own.ts';
import type { Watch } from '../../core/rollout/record.ts';
import type { CloudWatchMetric } from '../../core/spec/cloudwatch-spec.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import type { Deps } from '../deps.ts';
import { queryValuesOf } from './metric-queries.ts';
import type { OpenRollout } from './open-rollout.ts';

export interface DatapointVerdicts {
  readonly verdicts: readonly Verdict[];
  readonly tallies: Readonly<Record<string, MetricTally>>;
  readonly datapoints: Readonly<Record<string, JudgedDatapoint>>;
}

/** Asks CloudWatch for all metrics at once, and judges each answer against its thresholds. */
export async function judgeDatapoints(
  deps: Pick<Deps, 'clock' | 'cloudWatch'>,
  { spec, record }: OpenRollout,
  metrics: readonly CloudWatchMetric[],
): Promise<DatapointVerdicts> {
  if (metrics.length === 0) return { verdicts: [], tallies: {}, datapoints: {} };
  const questions = metrics.map(({ asks }) => questionFor(asks, spec));
  const answers = await deps.cloudWatch.measure(questions, patienceOf(spec, record.watch, metrics, deps.clock.now()));
  const stepStartedMs = record.watch?.startedAtMs ?? deps.clock.now();
  const judgements = metrics.map((metric, index) => {
    const { name, role } = metric;
    const trafficSinceMs = record.trafficSinceMs ?? stepStartedMs;
    const stepSinceMs = Math.max(ownSinceMs(role, { stepStartedMs, trafficSinceMs }), record.otherCanaryUntilMs ?? 0);
    const datapoint: Datapoint = answers[index] ?? { status: 'unavailable', why: 'the provider left it out' };
    const judged = own(record.datapoints ?? {}, name);
    const judgement = judgeDatapoint(metric, datapoint, { tally: own(record.tallies, name), judged, stepSinceMs });
    return { name, ...judgement, verdict: inRole(role, withQuery(judgement.verdict, JSON.stringify(questions[index]))) };
  });
  return {
    verdicts: judgements.map(({ verdict }) => verdict),
    tallies: Object.fromEntries(judgements.map(({ name, tally }) => [name, tally])),
    datapoints: Object.fromEntries(judgements.flatMap(({ name, judged }) => (judged === undefined ? [] : [[name, judged]]))),
  };
}

/** One that was never throttled, or has passed since, has none: the next look asks again. The metric whose hold is shortest is the most urgent. */
export function patienceOf(
  { analysis, policies }: Pick<RolloutSpec, 'analysis' | 'policies'>,
  watch: Watch | undefined,
  metrics: readonly CloudWatchMetric[],
  nowMs: number,
): number {
  if (watch?.throttledSinceMs === undefined) return 0;
  const holds = metrics.map(({ role }) => (role.sourceDown ?? policies.sourceDown).holdSeconds);
  return patienceMs({
    throttledForMs: nowMs - watch.throttledSinceMs,
    holdMs: Math.min(...holds) * 1000,
    intervalMs: analysis.intervalSeconds * 1000,
  });
}

/** A question with the names of a rollout in it. Names of Kubernetes hold nothing that PromQL's quoting would change. */
export function questionFor(asks: CloudWatchQuestion, spec: RolloutSpec): CloudWatchQuestion {
  const values = queryValuesOf(spec);
  return withValues(asks, (value) => fillQuery(value, values));
}
