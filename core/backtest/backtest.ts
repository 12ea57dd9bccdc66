import { sumOf } from '../analysis/proportion/block.ts';
import { type ComparedMetric, levelOfEach } from '../rollout/judge-answers.ts';
import type { ProportionSpec } from '../spec/proportion-spec.ts';
import { isPrometheusMetric, isProportion, type PrometheusMetric, type RolloutSpec } from '../spec/rollout-spec.ts';
import { type Cost, costUntil, courseOf, type Stretch } from './course.ts';
import { type BacktestEvent, eventsOf } from './events.ts';
import { notesOf } from './notes.ts';
import type { Recording } from './read-recording.ts';
import { type Replay, replay } from './replay.ts';

/** A spec, what was recorded, and from when to when it is replayed. */
export interface BacktestInput {
  readonly spec: RolloutSpec;
  readonly recording: Recording;
  readonly fromMs: number;
  readonly toMs: number;
  /** What a metric counts as a bad answer, in words. */
  readonly badMeansOf: (proportion: ProportionSpec) => string;
}

/** What was recorded of one metric that compares the canary with stable, and what the canary cost. */
export interface BacktestComparison extends ComparedMetric {
  readonly course: readonly Stretch[];
  readonly untilDecided: Cost;
  readonly inAll: Cost;
}

export interface Backtest extends Replay {
  readonly rollout: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly intervalSeconds: number;
  readonly events: readonly BacktestEvent[];
  readonly comparisons: readonly BacktestComparison[];
  /** The metrics that are one number each, against thresholds. */
  readonly queries: readonly PrometheusMetric[];
  /** The canary's part of all requests that were recorded; undefined where none were. */
  readonly requestShare: number | undefined;
  /** What to know of the result, as sentences. */
  readonly notes: readonly string[];
}

/** What the judge would have done with what was recorded, and what that would have cost. */
export function backtest({ spec, recording, fromMs, toMs, badMeansOf }: BacktestInput): Backtest {
  const falseAlarmLevel = levelOfEach(spec.analysis);
  const compared = spec.analysis.metrics
    .filter(isProportion)
    .map((proportion) => ({ proportion, badMeans: badMeansOf(proportion), falseAlarmLevel, budget: spec.analysis.budget }));
  const replayed = replay({ spec, recording, compared, fromMs, toMs });
  const { intervalSeconds } = spec.analysis;
  const times = { fromMs, toMs, everyMs: intervalSeconds * 1000, stepMs: recording.stepMs };
  const comparisons = compared.flatMap((metric): BacktestComparison[] => {
    const series = recording.compared.get(metric.proportion.name);
    if (series === undefined) return [];
    const course = courseOf(series, times);
    return [{ ...metric, course, untilDecided: costUntil(course, replayed.end.atMs), inAll: costUntil(course, toMs) }];
  });
  const { canary, stable } = sumOf(comparisons[0]?.course ?? []);
  const requestShare = canary.all + stable.all === 0 ? undefined : canary.all / (canary.all + stable.all);
  const queries = spec.analysis.metrics.filter(isPrometheusMetric);
  const facts = { rollout: spec.name, fromMs, toMs, intervalSeconds, comparisons, queries, requestShare };
  const about = { ...replayed, ...facts, events: eventsOf(replayed) };
  return { ...about, notes: notesOf(spec, recording, about) };
}
