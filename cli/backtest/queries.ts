import {
  type AnswerView,
  answerViews,
  type RecordedQueries,
  recordedQueries,
  type SideQueries,
} from '../../adapters/metrics/answer-queries.ts';
import { metricDataQueries } from '../../adapters/metrics/metric-data-queries.ts';
import { escapeForPromql } from '../../core/analysis/query-template.ts';
import type { BacktestInput } from '../../core/backtest/backtest.ts';
import { longestStepSeconds } from '../../core/backtest/recording.ts';
import type { CloudWatchQuestion } from '../../core/metric-ports.ts';
import { isCloudWatch, isMannWhitney, isPrometheusMetric, isProportion, type RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { routeTargetOf, workloadNamesOf } from '../../runtime/acts/door-target.ts';
import { questionFor } from '../../runtime/acts/judge-datapoints.ts';
import { shareNamesOf } from '../../runtime/acts/measure-share.ts';
import { metricQueries, type SampleQueries, sampleQueries } from '../../runtime/acts/metric-queries.ts';

/** What a recording of a spec holds the answers to. */
export interface SpecQueries {
  /** As far apart as looks are, so that each finds a point of its own. */
  readonly stepSeconds: number;
  readonly own: readonly { readonly name: string; readonly query: string }[];
  readonly compared: readonly ComparedQueries[];
  readonly samples: readonly SampleQueries[];
  readonly datapoints: readonly { readonly name: string; readonly asks: CloudWatchQuestion }[];
  /** CloudWatch's alarms, whose history is asked for. */
  readonly alarms: readonly string[];
  /** Prometheus's alerts, by what is there while they fire. */
  readonly alerts: readonly { readonly name: string; readonly query: string }[];
}

/** Of a metric that compares the canary with stable: one set of queries for each way in which the mesh may count, the best first. */
export interface ComparedQueries {
  readonly name: string;
  readonly badMeans: string;
  readonly views: readonly { readonly name: string; readonly queries: RecordedQueries }[];
}

export function queriesOf(spec: RolloutSpec): SpecQueries {
  const target = routeTargetOf(spec);
  const names = shareNamesOf({ spec, target, names: workloadNamesOf(spec) });
  const { intervalSeconds, metrics, alarms, alerts } = spec.analysis;
  const sampled = metrics.filter(isMannWhitney);
  return {
    stepSeconds: Math.min(
      sampled.reduce((step, { mannWhitney }) => commonStep(step, mannWhitney.everySeconds), intervalSeconds),
      longestStepSeconds,
    ),
    own: metricQueries(metrics.filter(isPrometheusMetric), spec),
    compared: metrics.filter(isProportion).map(({ name, bad }) => comparedQueries(name, answerViews(names, bad))),
    samples: sampled.map((metric) => sampleQueries(metric, spec)),
    datapoints: metrics.filter(isCloudWatch).map(({ name, asks }) => ({ name, asks: questionFor(asks, spec) })),
    alarms,
    alerts: alerts.map((name) => ({ name, query: `ALERTS{alertname="${escapeForPromql(name)}",alertstate="firing"}` })),
  };
}

/** The longest step that finds a point of its own for each look and for each sample; a second at least, which is the least that Prometheus is asked for. */
function commonStep(oneSeconds: number, otherSeconds: number): number {
  const rest = oneSeconds % otherSeconds;
  return rest < 1 ? Math.max(1, otherSeconds) : commonStep(otherSeconds, rest);
}

/** What a replay takes from the queries beside what they answer. */
export function wordsOf({ compared, samples }: SpecQueries): Pick<BacktestInput, 'badMeansOf' | 'windowSecondsOf'> {
  return {
    badMeansOf: (of) => compared.find(({ name }) => name === of.name)?.badMeans ?? 'failed',
    windowSecondsOf: (of) => samples.find(({ name }) => name === of.name)?.windowSeconds ?? 0,
  };
}

function comparedQueries(name: string, views: readonly AnswerView[]): ComparedQueries {
  return {
    name,
    badMeans: views[0]?.badMeans ?? 'failed',
    views: views.map((view) => ({ name: view.name, queries: recordedQueries(view) })),
  };
}

/** One query, and below which keys of the recording's `metrics` its answer belongs. */
export interface PlacedQuery {
  readonly path: readonly string[];
  readonly query: string;
}

export function placedSamples({ name, canary, baseline }: SampleQueries): PlacedQuery[] {
  return [
    { path: [name, 'canary'], query: canary },
    { path: [name, 'baseline'], query: baseline },
  ];
}

export function placedQueries(name: string, { canary, stable, scraped }: RecordedQueries): PlacedQuery[] {
  const ofSide = (side: string, queries: SideQueries) =>
    Object.entries<string>({ ...queries }).map(([which, query]) => ({ path: [name, side, which], query }));
  return [...ofSide('canary', canary), ...ofSide('stable', stable), { path: [name, 'scraped'], query: scraped }];
}

/** What to ask of /api/v1/query_range and of GetMetricData for a recording, for people. */
export function formatQueries(queries: SpecQueries): string {
  return [...promqlLines(queries), ...metricDataLines(queries), ...alarmLines(queries)].join('\n').trim();
}

function promqlLines({ stepSeconds, own, compared, samples, alerts }: SpecQueries): string[] {
  if (own.length + compared.length + samples.length + alerts.length === 0) return [];
  const lines = [
    `A recording holds what /api/v1/query_range answers to each of these with step=${stepSeconds}, below the keys of its "metrics" that stand before it.`,
  ];
  for (const { name, views } of compared) {
    const [first, ...others] = views;
    if (first === undefined) continue;
    lines.push('', ...placedQueries(name, first.queries).flatMap(formatPlaced));
    if (others.length > 0) {
      const names = others.map((view) => view.name).join(', then ');
      lines.push(`Where these answer nothing, the same with reporter="${first.name}" replaced by ${names}.`);
    }
  }
  for (const each of samples) lines.push('', ...placedSamples(each).flatMap(formatPlaced));
  for (const { name, query } of own) lines.push('', ...formatPlaced({ path: [name], query }));
  if (alerts.length === 0) return lines;
  const ofAlerts = alerts.flatMap(({ name, query }) => ['', ...formatPlaced({ path: [name], query })]);
  return [...lines, '', 'And below "alerts", beside "metrics":', ...ofAlerts];
}

function metricDataLines({ datapoints }: SpecQueries): string[] {
  if (datapoints.length === 0) return [];
  return [
    '',
    'A recording holds what `aws cloudwatch get-metric-data --output json --metric-data-queries` answers to each of these, below the key of its "metrics" that stands before it.',
    ...datapoints.flatMap(({ name, asks }) => ['', ...formatPlaced({ path: [name], query: JSON.stringify(metricDataQueries(asks, 0)) })]),
  ];
}

function formatPlaced({ path, query }: PlacedQuery): string[] {
  return [`${path.map((key) => JSON.stringify(key)).join(' ')}:`, `  ${query.trim().replaceAll('\n', '\n  ')}`];
}

function alarmLines({ alarms }: SpecQueries): string[] {
  if (alarms.length === 0) return [];
  return [
    '',
    'And below "alarms", beside "metrics", what `aws cloudwatch describe-alarm-history --output json --history-item-type StateUpdate',
    '--alarm-types MetricAlarm CompositeAlarm --alarm-name` answers to each of these; where it has no change, {"StateValue": "OK"}, or what it was.',
    '',
    ...alarms.map((name) => JSON.stringify(name)),
  ];
}

/** The same as data: every way in which the mesh may count. */
export function describeQueries({ stepSeconds, own, compared, samples, datapoints, alarms, alerts }: SpecQueries): unknown {
  return {
    stepSeconds,
    queries: [
      ...compared.flatMap(({ name, views }) =>
        views.flatMap((view) => placedQueries(name, view.queries).map((placed) => ({ ...placed, view: view.name }))),
      ),
      ...samples.flatMap(placedSamples),
      ...own.map(({ name, query }) => ({ path: [name], query })),
    ],
    alarms,
    alerts,
    metricData: datapoints.map(({ name, asks }) => ({ path: [name], metricDataQueries: metricDataQueries(asks, 0) })),
  };
}
