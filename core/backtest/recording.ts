import * as z from 'zod/mini';
import { metricDataPage } from '../analysis/metric-data.ts';
import { isCloudWatch, isMannWhitney, isProportion, type MetricSpec, type RolloutSpec } from '../spec/rollout-spec.ts';
import { recordedAlarm } from './alarm-history.ts';

/**
 * What was recorded of a service: for each metric of its spec what Prometheus's /api/v1/query_range or CloudWatch's GetMetricData answers, as it stands, so
 * that curl and the AWS command line can make one as well. Counters are recorded raw, one series each: by how much they grew between two looks depends
 * on when is looked.
 */

export const recordingVersion = 1;

/** Of all answers of a recording together. */
export const mostPoints = 5_000_000;
const mostSeries = 20_000;
const mostLabels = 100;
/** A service that is looked at less often is not judged. */
export const longestStepSeconds = 3_600;

const label = z.string().check(z.maxLength(2_048));
const sample = z.tuple([z.number().check(z.gte(0), z.lte(1e11)), z.string().check(z.maxLength(50))]);
const series = z.object({
  metric: z
    .record(label, label)
    .check(z.refine((labels) => Object.keys(labels).length <= mostLabels, { error: `at most ${mostLabels} labels` })),
  values: z._default(z.array(sample).check(z.maxLength(mostPoints)), []),
  histograms: z.optional(z.undefined({ error: 'numbers: wrap a native histogram in histogram_quantile, or record its _bucket series' })),
});

/** What /api/v1/query_range answers. */
export const rangeAnswer = z.object({
  status: z.literal('success', { error: 'success; what Prometheus refused stands beside it as `error`' }),
  data: z.object({ resultType: z.literal('matrix'), result: z.array(series).check(z.maxLength(mostSeries)) }),
  warnings: z.optional(z.array(z.string()).check(z.maxLength(100))),
});
export type RangeAnswer = z.infer<typeof rangeAnswer>;

/** One side's counters: all answers, and either the bad ones or, as a histogram has them, the good ones. */
const recordedSide = z
  .strictObject({ all: rangeAnswer, bad: z.optional(rangeAnswer), good: z.optional(rangeAnswer) })
  .check(z.refine((side) => (side.bad === undefined) !== (side.good === undefined), { error: 'all, and beside it either bad or good' }));
export type RecordedSide = z.infer<typeof recordedSide>;

/** What is recorded of a metric that compares the canary with stable. */
export const recordedComparison = z.strictObject({
  canary: recordedSide,
  stable: recordedSide,
  /** When the counters that were scraped least lately had been scraped, in seconds; without it, they are taken for scraped at each point. */
  scraped: z.optional(rangeAnswer),
});
export type RecordedComparison = z.infer<typeof recordedComparison>;

/** What is recorded of a metric that compares samples of both sides. */
const recordedSamples = z.strictObject({ canary: rangeAnswer, baseline: rangeAnswer });
export type RecordedSamples = z.infer<typeof recordedSamples>;

/** Whom a metric is recorded from. */
export type MetricSource = 'Prometheus' | 'CloudWatch';

export function metricSourceOf(of: MetricSpec): MetricSource {
  return isCloudWatch(of) ? 'CloudWatch' : 'Prometheus';
}

function recordedAs(of: MetricSpec) {
  if (isProportion(of)) return recordedComparison;
  if (isMannWhitney(of)) return recordedSamples;
  return isCloudWatch(of) ? metricDataPage : rangeAnswer;
}

const moment = z.iso.datetime({ offset: true, error: 'a time such as 2026-11-20T10:00:00Z' });

/** What a recording is to hold: the names and kinds are those of a spec. */
export type ToRead = Pick<RolloutSpec['analysis'], 'metrics' | 'alarms' | 'alerts'>;

/**
 * What is to be read of what a spec asks: all metrics of a source that the recording holds anything of, so that a name that is mistyped is missed; of a
 * source that it holds nothing of, none. Alarms are left out where it has no `alarms`, and alerts where it has no `alerts`.
 *
 * @param value What the file's JSON comes to.
 */
export function partToRead(value: unknown, { metrics, alarms, alerts }: ToRead): ToRead {
  const held = z.safeParse(
    z.object({ metrics: z.record(z.string(), z.unknown()), alarms: z.optional(z.unknown()), alerts: z.optional(z.unknown()) }),
    value,
  );
  if (!held.success) return { metrics, alarms, alerts };
  const { data: of } = held;
  const sources = new Set(metrics.filter(({ name }) => Object.hasOwn(of.metrics, name)).map(metricSourceOf));
  if (of.alarms !== undefined) sources.add('CloudWatch');
  if (of.alerts !== undefined) sources.add('Prometheus');
  return {
    metrics: sources.size === 0 ? metrics : metrics.filter((metric) => sources.has(metricSourceOf(metric))),
    alarms: of.alarms === undefined ? [] : alarms,
    alerts: of.alerts === undefined ? [] : alerts,
  };
}

/** The file, for a part of a spec: what stands below a metric's name depends on what kind of metric it is. */
export function recordingFile({ metrics, alarms, alerts }: ToRead) {
  return z.strictObject({
    version: z.literal(recordingVersion),
    /** How far the points of Prometheus's answers are apart: the `step` of the queries. */
    stepSeconds: z.number().check(z.gte(1), z.lte(longestStepSeconds)),
    /** When the rollout that is replayed begins; what lies before shows how stable's bad answers come. Left out: with the first point. */
    from: z.optional(moment),
    /** When it ends. Left out: with the last point. */
    to: z.optional(moment),
    metrics: z.object(Object.fromEntries(metrics.map((of) => [of.name, recordedAs(of)] as const))),
    alarms: z.optional(z.object(Object.fromEntries(alarms.map((name) => [name, recordedAlarm] as const)))),
    alerts: z.optional(z.object(Object.fromEntries(alerts.map((name) => [name, rangeAnswer] as const)))),
  });
}

/** What is recorded of one metric, as it was read. */
export type RecordedMetricAnswer = z.infer<ReturnType<typeof recordedAs>>;
/** As the AWS command line prints it: with times as texts, and NaN as one. */
export type RecordedMetricData = z.input<typeof metricDataPage>;
export type RecordedMetricDataResult = NonNullable<RecordedMetricData['MetricDataResults']>[number];
/** What is recorded of one metric, as it is written. */
export type RecordedMetric = RangeAnswer | RecordedComparison | RecordedSamples | RecordedMetricData;

/** What a recording is made of, before it is written. */
export interface RecordingFile {
  readonly version: typeof recordingVersion;
  readonly stepSeconds: number;
  readonly from?: string;
  readonly to?: string;
  readonly metrics: Readonly<Record<string, RecordedMetric>>;
  readonly alarms?: Readonly<Record<string, z.input<typeof recordedAlarm>>>;
  readonly alerts?: Readonly<Record<string, RangeAnswer>>;
}
