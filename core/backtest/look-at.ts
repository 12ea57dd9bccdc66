import type { RememberedDatapoints } from '../analysis/datapoint-times.ts';
import { judgeAlarm } from '../analysis/judge-alarm.ts';
import { type JudgedDatapoint, judgeDatapoint, ownSinceMs } from '../analysis/judge-datapoint.ts';
import { emptyTally, judgeMetric, type MetricTally } from '../analysis/judge-metric.ts';
import { judgeShift } from '../analysis/judge-shift.ts';
import { inRole, metricsNow } from '../analysis/metrics-now.ts';
import { type Answers, sumOf } from '../analysis/proportion/block.ts';
import { asksForSamples, sampleMoments } from '../analysis/shift-moments.ts';
import { overallVerdict, type Verdict } from '../analysis/verdict.ts';
import type { Datapoint } from '../metric-ports.ts';
import type { Plan } from '../plan/plan.ts';
import { type AnswerCount, blocksOf, noAnswers } from '../rollout/answer-count.ts';
import { type ComparedMetric, judgeAnswers } from '../rollout/judge-answers.ts';
import { observe } from '../rollout/observe.ts';
import type { AnalysisResult, Watch } from '../rollout/record.ts';
import type { CloudWatchMetric } from '../spec/cloudwatch-spec.ts';
import type { MannWhitneySpec } from '../spec/mann-whitney-spec.ts';
import {
  isCloudWatch,
  isMannWhitney,
  isPrometheusMetric,
  type MetricSpec,
  type PrometheusMetric,
  type RolloutSpec,
} from '../spec/rollout-spec.ts';
import { type AlarmChange, alarmReadingAt } from './alarm-history.ts';
import type { Recording } from './read-recording.ts';
import { recordedAnswers } from './recorded-datapoint.ts';
import { recordedHistory, recordedLook, recordedMeasurement } from './recorded-look.ts';

/** What is looked at. */
export interface Looked {
  readonly spec: RolloutSpec;
  readonly recording: Recording;
  readonly compared: readonly ComparedMetric[];
  /** How far the queries of a metric that compares samples look back, with the names of a rollout filled in. */
  readonly windowSecondsOf: (metric: MannWhitneySpec) => number;
  readonly plan: Plan;
  /** When the rollout began. */
  readonly fromMs: number;
}

/** Where a replay stands between two looks. */
export interface ReplayState {
  readonly watch: Watch;
  readonly tallies: ReadonlyMap<string, MetricTally>;
  readonly datapoints: ReadonlyMap<string, JudgedDatapoint>;
  /** What CloudWatch was last found to have answered. */
  readonly remembered: RememberedDatapoints | undefined;
  readonly counts: ReadonlyMap<string, AnswerCount>;
}

export interface LookResult {
  readonly analysis: AnalysisResult;
  /** What was counted of both sides at this step until now, by metric. */
  readonly counted: Readonly<Record<string, { readonly canary: Answers; readonly stable: Answers }>>;
  readonly state: ReplayState;
}

/** Of the canary's pods nothing is recorded. In a rollout their verdict stands beside the others, and alone where no metric that counts is asked yet. */
const podsTakenForReady: Verdict = { name: 'canary', verdict: 'pass', reason: "The canary's pods are taken for ready." };

/** Judges what is asked at a moment, as runtime/acts/analyse.ts does. */
export function lookAt(looked: Looked, state: ReplayState, nowMs: number): LookResult {
  const { spec, recording, plan, fromMs } = looked;
  const { stepIndex } = state.watch;
  const { asked, warmsUpUntilMs } = metricsNow(recordedMetrics(spec, recording), { stepIndex, nowMs, trafficSinceMs: fromMs });
  const queried = asked.filter(isPrometheusMetric).map((metric) => judgeQuery(looked, state, metric, nowMs));
  const ofCloudWatch = asked.filter(isCloudWatch);
  const remembered = recordedAnswers(recording.datapoints, ofCloudWatch, { nowMs, before: state.remembered });
  const read = ofCloudWatch.map((metric, index) => judgeRead(looked, state, metric, remembered?.datapoints[index]));
  const names = new Set(asked.map(({ name }) => name));
  const compared = looked.compared
    .filter(({ proportion: { name } }) => names.has(name))
    .flatMap((metric) => judgeCompared(looked, state, metric, nowMs));
  const shifts = asked.filter(isMannWhitney).flatMap((metric) => judgeSamples(looked, state, metric, nowMs));
  const alarms = [
    ...judgeAlarms(recording.alarms, spec.analysis.alarms, { fromMs, nowMs }),
    ...judgeAlarms(recording.alerts, spec.analysis.alerts, { fromMs, nowMs }),
  ];
  const verdicts = [...alarms, ...[...queried, ...read, ...compared, ...shifts].map(({ verdict }) => verdict)];
  const overall = verdicts.some(({ dryRun }) => dryRun !== true) ? overallVerdict(verdicts) : podsTakenForReady;
  const analysis = { atMs: nowMs, overall, verdicts, ...(warmsUpUntilMs === undefined ? {} : { warmsUpUntilMs }) };
  const bakeMs = (plan.steps[stepIndex]?.bakeSeconds ?? 0) * 1000;
  const counted = compared.map(({ name, answers }) => {
    return [name, sumOf(blocksOf(answers).filter((block) => block.stepIndex === stepIndex))] as const;
  });
  const tallied = [...queried, ...read];
  return {
    analysis,
    counted: Object.fromEntries(counted),
    state: {
      watch: observe(state.watch, analysis, { intervalMs: spec.analysis.intervalSeconds * 1000, bakeMs }),
      tallies: new Map([...state.tallies, ...tallied.map(({ name, tally }) => [name, tally] as const)]),
      datapoints: new Map([
        ...state.datapoints,
        ...read.flatMap(({ name, judged }) => (judged === undefined ? [] : [[name, judged] as const])),
      ]),
      remembered,
      counts: new Map([...state.counts, ...compared.map(({ name, answers }) => [name, answers] as const)]),
    },
  };
}

/** One that fires when it begins (`firingAt`) is passed over until it has recovered, as policies.alarmAtStart has it where it says to ignore it. */
function judgeAlarms(
  recorded: ReadonlyMap<string, readonly AlarmChange[]>,
  names: readonly string[],
  { fromMs, nowMs }: { readonly fromMs: number; readonly nowMs: number },
): Verdict[] {
  return names.flatMap((name) => {
    const changes = recorded.get(name);
    if (changes === undefined) return [];
    const reading = alarmReadingAt(name, changes, nowMs);
    return [judgeAlarm(reading, reading.sinceMs !== undefined && reading.sinceMs <= fromMs ? [name] : [])];
  });
}

/** The metrics of which something was recorded; a source that was left out says nothing. */
export function recordedMetrics(spec: RolloutSpec, { queries, compared, samples, datapoints }: Recording): readonly MetricSpec[] {
  return spec.analysis.metrics.filter(({ name }) => [queries, compared, samples, datapoints].some((each) => each.has(name)));
}

function judgeQuery({ recording }: Looked, { tallies }: ReplayState, metric: PrometheusMetric, nowMs: number) {
  const { name, role } = metric;
  const measurement = recordedMeasurement(name, recording.queries.get(name) ?? [], nowMs, recording.stepMs);
  const { verdict, tally } = judgeMetric(metric, measurement, tallies.get(name) ?? emptyTally);
  return { name, verdict: inRole(role, verdict), tally };
}

function judgeRead({ fromMs }: Looked, state: ReplayState, metric: CloudWatchMetric, answered: Datapoint | undefined) {
  const { name, role } = metric;
  const datapoint: Datapoint = answered ?? { status: 'unavailable', why: 'nothing was recorded of it' };
  const stepSinceMs = ownSinceMs(role, { stepStartedMs: state.watch.startedAtMs, trafficSinceMs: fromMs });
  const before = { tally: state.tallies.get(name), judged: state.datapoints.get(name), stepSinceMs };
  const { verdict, tally, judged } = judgeDatapoint(metric, datapoint, before);
  return { name, verdict: inRole(role, verdict), tally, judged };
}

function judgeCompared({ recording, plan, fromMs }: Looked, { watch, counts }: ReplayState, metric: ComparedMetric, nowMs: number) {
  const { name } = metric.proportion;
  const series = recording.compared.get(name);
  if (series === undefined) return [];
  const count = counts.get(name) ?? noAnswers;
  const look = recordedLook(series, count, { watch, nowMs, fromMs, stepMs: recording.stepMs });
  return [{ name, ...judgeAnswers(metric, { count, look, stepIndex: watch.stepIndex, plan, nowMs }) }];
}

/** As runtime/acts/judge-shifts.ts does. */
function judgeSamples(looked: Looked, { watch }: ReplayState, metric: MannWhitneySpec, nowMs: number): { readonly verdict: Verdict }[] {
  const { spec, recording, plan, fromMs, windowSecondsOf } = looked;
  const { name, role } = metric;
  const series = recording.samples.get(name);
  const step = plan.steps[watch.stepIndex];
  if (series === undefined || step === undefined) return [];
  if (!asksForSamples(watch, step, { nowMs, intervalSeconds: spec.analysis.intervalSeconds })) return [];
  const present = recordedMeasurement(name, series.canary, nowMs, recording.stepMs);
  if (present.status === 'unavailable') {
    return [{ verdict: inRole(role, { name, verdict: 'unavailable', reason: `${name} could not be asked: ${present.why}` }) }];
  }
  const past = sampleMoments(metric, windowSecondsOf(metric), { nowMs, trafficSinceMs: fromMs });
  const valuesOf = (side: 'canary' | 'baseline') => recordedHistory(series[side], past, recording.stepMs).map(({ value }) => value);
  return [{ verdict: inRole(role, judgeShift(metric, valuesOf('canary'), valuesOf('baseline'))) }];
}
