import { emptyTally, judgeMetric, type MetricTally } from '../../core/analysis/judge-metric.ts';
import { inRole } from '../../core/analysis/metrics-now.ts';
import { newestSampleQuery } from '../../core/analysis/newest-sample-query.ts';
import { ownMeasurement } from '../../core/analysis/own-measurement.ts';
import { queryWindowSeconds } from '../../core/analysis/query-window.ts';
import { type Verdict, withQuery } from '../../core/analysis/verdict.ts';
import { own } from '../../core/own.ts';
import type { PrometheusMetric } from '../../core/spec/rollout-spec.ts';
import type { Deps } from '../deps.ts';
import { metricQueries } from './metric-queries.ts';
import type { OpenRollout } from './open-rollout.ts';

/** What queries came to, and when the newest sample was scraped that they have of the canary, where it was asked for and somebody knows. */
export interface JudgedQueries {
  readonly verdicts: readonly Verdict[];
  readonly tallies: Tallies;
  readonly newestSampleAtMs: number | undefined;
}

type Tallies = Readonly<Record<string, MetricTally>>;

/** Asks all queries at once, and judges each answer against its thresholds. */
export async function judgeQueries(
  deps: Pick<Deps, 'prometheus'>,
  open: Pick<OpenRollout, 'spec' | 'target' | 'record'>,
  metrics: readonly PrometheusMetric[],
  { tallies, asksForNewestSample }: { readonly tallies: Tallies; readonly asksForNewestSample: boolean },
): Promise<JudgedQueries> {
  const { prometheus } = open.spec.analysis;
  if (prometheus === undefined || metrics.length === 0) return { verdicts: [], tallies: {}, newestSampleAtMs: undefined };
  const queries = metricQueries(metrics, open.spec);
  const newest = asksForNewestSample
    ? newestSampleQuery(
        queries.map(({ query }) => query),
        open.target.canaryService,
      )
    : undefined;
  const asked = newest === undefined ? queries : [...queries, { name: 'newest sample', query: newest }];
  const measurements = await deps.prometheus(prometheus.url).metrics.measure(asked);
  const newestSample = newest === undefined ? undefined : measurements[queries.length];
  const judged = metrics.map((metric, index) => {
    const measurement = measurements[index] ?? {
      name: metric.name,
      atMs: 0,
      status: 'unavailable' as const,
      why: 'the provider left it out',
    };
    const ofThisCanary = ownMeasurement(measurement, queryWindowSeconds(queries[index]?.query ?? ''), open.record.otherCanaryUntilMs);
    const before = own(tallies, metric.name) ?? emptyTally;
    const { verdict, tally } = judgeMetric(metric, ofThisCanary, before);
    return { name: metric.name, verdict: inRole(metric.role, withQuery(verdict, queries[index]?.query ?? '')), tally };
  });
  return {
    verdicts: judged.map(({ verdict }) => verdict),
    tallies: Object.fromEntries(judged.map(({ name, tally }) => [name, tally])),
    newestSampleAtMs: newestSample?.status === 'value' ? newestSample.value * 1000 : undefined,
  };
}
