import {
  type AnswerView,
  answerViews,
  type RecordedQueries,
  recordedQueries,
  type SideQueries,
} from '../../adapters/metrics/answer-queries.ts';
import { longestStepSeconds } from '../../core/backtest/recording.ts';
import { isPrometheusMetric, isProportion, type RolloutSpec } from '../../core/spec/rollout-spec.ts';
import { routeTargetOf, workloadNamesOf } from '../../runtime/acts/door-target.ts';
import { shareNamesOf } from '../../runtime/acts/measure-share.ts';
import { metricQueries } from '../../runtime/acts/metric-queries.ts';

/** What a recording of a spec holds the answers to. */
export interface SpecQueries {
  /** As far apart as looks are, so that each finds a point of its own. */
  readonly stepSeconds: number;
  readonly own: readonly { readonly name: string; readonly query: string }[];
  readonly compared: readonly ComparedQueries[];
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
  return {
    stepSeconds: Math.min(spec.analysis.intervalSeconds, longestStepSeconds),
    own: metricQueries(spec.analysis.metrics.filter(isPrometheusMetric), spec),
    compared: spec.analysis.metrics.filter(isProportion).map(({ name, bad }) => comparedQueries(name, answerViews(names, bad))),
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

export function placedQueries(name: string, { canary, stable, scraped }: RecordedQueries): PlacedQuery[] {
  const ofSide = (side: string, queries: SideQueries) =>
    Object.entries<string>({ ...queries }).map(([which, query]) => ({ path: [name, side, which], query }));
  return [...ofSide('canary', canary), ...ofSide('stable', stable), { path: [name, 'scraped'], query: scraped }];
}

/** What to ask of /api/v1/query_range for a recording, for people. */
export function formatQueries({ stepSeconds, own, compared }: SpecQueries): string {
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
  for (const { name, query } of own) lines.push('', ...formatPlaced({ path: [name], query }));
  return lines.join('\n');
}

function formatPlaced({ path, query }: PlacedQuery): string[] {
  return [`${path.map((key) => JSON.stringify(key)).join(' ')}:`, `  ${query.trim().replaceAll('\n', '\n  ')}`];
}

/** The same as data: every way in which the mesh may count. */
export function describeQueries({ stepSeconds, own, compared }: SpecQueries): unknown {
  return {
    stepSeconds,
    queries: [
      ...compared.flatMap(({ name, views }) =>
        views.flatMap((view) => placedQueries(name, view.queries).map((placed) => ({ ...placed, view: view.name }))),
      ),
      ...own.map(({ name, query }) => ({ path: [name], query })),
    ],
  };
}
