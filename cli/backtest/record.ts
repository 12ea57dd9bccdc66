import type { SideQueries } from '../../adapters/metrics/answer-queries.ts';
import type { CloudWatchCalls } from '../../adapters/metrics/cloudwatch-pages.ts';
import type { PrometheusApi } from '../../adapters/metrics/prometheus-api.ts';
import { recordAlarm } from '../../adapters/metrics/record-alarm.ts';
import { recordMetricData } from '../../adapters/metrics/record-metric-data.ts';
import { type Range, recordRange } from '../../adapters/metrics/record-range.ts';
import { timesOf } from '../../core/analysis/datapoint-times.ts';
import type { RecordedAlarm } from '../../core/backtest/alarm-history.ts';
import {
  type RangeAnswer,
  type RecordedComparison,
  type RecordedMetric,
  type RecordedSide,
  type RecordingFile,
  recordingVersion,
} from '../../core/backtest/recording.ts';
import { AwsUnavailableError, InvalidInputError, NotFoundError } from '../../core/errors.ts';
import { pastOfStable } from '../../core/rollout/answer-look.ts';
import { PrometheusUnavailableError } from './prometheus-unavailable.ts';
import type { ComparedQueries, SpecQueries } from './queries.ts';
import { refuseLongRecording } from './refuse-range.ts';

/** Who is asked; one that is left out is not, and nothing of it is recorded. */
export interface RecordedSources {
  readonly prometheus?: PrometheusApi;
  readonly cloudWatch?: CloudWatchCalls;
}

export interface RecordOptions extends RecordedSources {
  readonly queries: SpecQueries;
  /** The rollout that will be replayed. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Called with each answer: for which metric it is, and how many there are by now. */
  readonly progress: (name: string, answered: number) => void;
}

/** Stable's half hour, and the minute before it: what the first of its minutes grew by. */
const pastMs = (pastOfStable.count + 1) * pastOfStable.everySeconds * 1000;

/**
 * Records what a replay of a spec needs, in as many requests as it takes. Counters are recorded from half an hour earlier on: stable's noise is learnt there.
 *
 * @throws InvalidInputError for more points than a recording may have, PrometheusUnavailableError, AwsUnavailableError, NotFoundError where there is
 * nothing at all.
 */
export async function record({ prometheus, cloudWatch, queries, fromMs, toMs, progress }: RecordOptions): Promise<RecordingFile> {
  const { stepSeconds } = queries;
  const stepMs = stepSeconds * 1000;
  const whole: Range = { startMs: fromMs - Math.ceil(pastMs / stepMs) * stepMs, endMs: toMs, stepSeconds };
  let answered = 0;
  const answers = (name: string) => () => progress(name, ++answered);
  const recorded: [string, RecordedMetric][] = [];
  const alerts: [string, RangeAnswer][] = [];
  if (prometheus !== undefined) {
    refuseLongRecording(whole);
    const ask = askOf(prometheus, answers);
    const range = { ...whole, startMs: fromMs };
    recorded.push(...(await recordPrometheus(ask, queries, { range, whole })));
    for (const { name, query } of queries.alerts) alerts.push([name, await ask(name, query, range)]);
  }
  if (cloudWatch !== undefined) recorded.push(...(await recordCloudWatch(cloudWatch, queries, { fromMs, toMs, answers })));
  const alarms = cloudWatch === undefined ? [] : await recordAlarms(cloudWatch, queries, { fromMs, toMs, answers });
  if (recorded.length > 0 && recorded.every(([, each]) => isEmpty(each))) {
    const names = recorded.map(([name]) => name).join(', ');
    const asked = [...(prometheus === undefined ? [] : ['Prometheus']), ...(cloudWatch === undefined ? [] : ['CloudWatch'])];
    throw new NotFoundError(
      `${asked.join(' and ')} ${asked.length > 1 ? 'have' : 'has'} nothing of ${names} from ${iso(fromMs)} to ${iso(toMs)}.`,
      {
        remedy: 'Name a time at which the service had traffic. `sluice backtest <spec> --print-queries` prints what was asked.',
      },
    );
  }
  return {
    version: recordingVersion,
    stepSeconds,
    from: iso(fromMs),
    to: iso(toMs),
    metrics: Object.fromEntries(recorded),
    ...(alarms.length === 0 ? {} : { alarms: Object.fromEntries(alarms) }),
    ...(alerts.length === 0 ? {} : { alerts: Object.fromEntries(alerts) }),
  };
}

type Ask = (name: string, query: string, over: Range) => Promise<RangeAnswer>;

function askOf(prometheus: PrometheusApi, answers: (name: string) => () => void): Ask {
  return async (name, query, over) => {
    const result = await recordRange(prometheus, query, over, answers(name));
    if (result.ok) return result.answer;
    throw new PrometheusUnavailableError(result.why, { remedy: `It was asked for ${name}. Check --prometheus, or mend the query.` });
  };
}

/** @param over `range` of the rollout, `whole` with stable's half hour before it. */
async function recordPrometheus(
  ask: Ask,
  { own, compared, samples }: SpecQueries,
  { range, whole }: { readonly range: Range; readonly whole: Range },
): Promise<[string, RecordedMetric][]> {
  const recorded: [string, RecordedMetric][] = [];
  for (const each of compared) recorded.push([each.name, await recordComparison(ask, each, whole)]);
  for (const { name, canary, baseline } of samples) {
    recorded.push([name, { canary: await ask(name, canary, range), baseline: await ask(name, baseline, range) }]);
  }
  for (const { name, query } of own) recorded.push([name, await ask(name, query, range)]);
  return recorded;
}

async function recordCloudWatch(
  calls: CloudWatchCalls,
  { datapoints }: SpecQueries,
  { fromMs, toMs, answers }: { readonly fromMs: number; readonly toMs: number; readonly answers: (name: string) => () => void },
): Promise<[string, RecordedMetric][]> {
  const recorded: [string, RecordedMetric][] = [];
  // As far back as the first look would ask, which asks for all of them at once.
  const { StartTime } = timesOf(
    datapoints.map(({ asks }) => asks),
    fromMs,
  );
  for (const { name, asks } of datapoints) {
    const result = await recordMetricData(calls, asks, { startMs: StartTime * 1000, endMs: toMs, onPage: answers(name) });
    if (!result.ok) {
      if (result.isRefused === true)
        throw new InvalidInputError(result.why, { remedy: `It was asked for ${name}: mend that metric in the spec.` });
      throw new AwsUnavailableError(result.why, {
        remedy: `It was asked for ${name}. Check the region, your credentials, and the metric.`,
      });
    }
    recorded.push([name, result.data]);
  }
  return recorded;
}

async function recordAlarms(
  calls: CloudWatchCalls,
  { alarms }: SpecQueries,
  { fromMs, toMs, answers }: { readonly fromMs: number; readonly toMs: number; readonly answers: (name: string) => () => void },
): Promise<[string, RecordedAlarm][]> {
  const recorded: [string, RecordedAlarm][] = [];
  for (const name of alarms) {
    const result = await recordAlarm(calls, name, { startMs: fromMs, endMs: toMs, onPage: answers(name) });
    if (result.ok) recorded.push([name, result.alarm]);
    else if (result.isMissing === true)
      throw new NotFoundError(result.why, { remedy: 'Check --region and your account, or mend analysis.alarms.' });
    else throw new AwsUnavailableError(result.why, { remedy: `It was asked for ${name}. Check the region, and your credentials.` });
  }
  return recorded;
}

/** Of the ways in which a mesh may count, the first that counted anything. */
async function recordComparison(ask: Ask, { name, views }: ComparedQueries, range: Range): Promise<RecordedComparison> {
  for (const { queries } of views) {
    const scraped = await ask(name, queries.scraped, range);
    if (scraped.data.result.length === 0) continue;
    const sideOf = async ({ all, bad, good }: SideQueries): Promise<RecordedSide> => ({
      all: await ask(name, all, range),
      ...(bad === undefined ? {} : { bad: await ask(name, bad, range) }),
      ...(good === undefined ? {} : { good: await ask(name, good, range) }),
    });
    return { canary: await sideOf(queries.canary), stable: await sideOf(queries.stable), scraped };
  }
  return { canary: { all: nothing, bad: nothing }, stable: { all: nothing, bad: nothing } };
}

const nothing: RangeAnswer = { status: 'success', data: { resultType: 'matrix', result: [] } };

function isEmpty(recorded: RecordedMetric): boolean {
  if ('status' in recorded) return recorded.data.result.length === 0;
  if ('stable' in recorded) return [recorded.canary.all, recorded.stable.all].every(isEmpty);
  if ('baseline' in recorded) return [recorded.canary, recorded.baseline].every(isEmpty);
  return (recorded.MetricDataResults ?? []).every(({ Timestamps = [] }) => Timestamps.length === 0);
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString().replace('.000Z', 'Z');
}
