import { sumOf } from '../analysis/proportion/block.ts';
import type { PastValue } from '../metric-ports.ts';
import { type ComparedMetric, levelOfEach } from '../rollout/judge-answers.ts';
import type { MannWhitneySpec } from '../spec/mann-whitney-spec.ts';
import type { ProportionSpec } from '../spec/proportion-spec.ts';
import type { ThresholdSpec } from '../spec/query-spec.ts';
import { isCloudWatch, isMannWhitney, isPrometheusMetric, isProportion, type RolloutSpec } from '../spec/rollout-spec.ts';
import { type Cost, costUntil, courseOf, type Stretch } from './course.ts';
import { type BacktestEvent, eventsOf } from './events.ts';
import { recordedMetrics } from './look-at.ts';
import { notesOf } from './notes.ts';
import type { Recording } from './read-recording.ts';
import { recordedHistory } from './recorded-look.ts';
import { type Replay, replay } from './replay.ts';

/** A spec, what was recorded, and from when to when it is replayed. */
export interface BacktestInput {
  readonly spec: RolloutSpec;
  readonly recording: Recording;
  readonly fromMs: number;
  readonly toMs: number;
  /** What a metric counts as a bad answer, in words. */
  readonly badMeansOf: (proportion: ProportionSpec) => string;
  /** How far the queries of a metric that compares samples look back. */
  readonly windowSecondsOf: (metric: MannWhitneySpec) => number;
}

/** What was recorded of one metric that compares the canary with stable, and what the canary cost. */
export interface BacktestComparison extends ComparedMetric {
  readonly course: readonly Stretch[];
  readonly untilDecided: Cost;
  readonly inAll: Cost;
}

/** The values of both sides of a metric that compares samples, in the order of their times. */
export interface BacktestSamples {
  readonly name: string;
  readonly canary: readonly PastValue[];
  readonly stable: readonly PastValue[];
}

export interface Backtest extends Replay {
  readonly rollout: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly intervalSeconds: number;
  readonly events: readonly BacktestEvent[];
  readonly comparisons: readonly BacktestComparison[];
  /** The metrics that are one number each, against thresholds. */
  readonly thresholds: readonly ThresholdSpec[];
  /** What was recorded of the metrics that compare samples. */
  readonly samples: readonly BacktestSamples[];
  /** The canary's part of all requests that were recorded; undefined where none were. */
  readonly requestShare: number | undefined;
  /** What to know of the result, as sentences. */
  readonly notes: readonly string[];
}

/** What the judge would have done with what was recorded, and what that would have cost. */
export function backtest({ spec, recording, fromMs, toMs, badMeansOf, windowSecondsOf }: BacktestInput): Backtest {
  const falseAlarmLevel = levelOfEach(spec.analysis);
  const compared = spec.analysis.metrics
    .filter(isProportion)
    .map((proportion) => ({ proportion, badMeans: badMeansOf(proportion), falseAlarmLevel, budget: spec.analysis.budget }));
  const replayed = replay({ spec, recording, compared, windowSecondsOf, fromMs, toMs });
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
  const recorded = recordedMetrics(spec, recording);
  const thresholds = recorded.filter((of) => isPrometheusMetric(of) || isCloudWatch(of));
  const samples = recorded.filter(isMannWhitney).map((of) => samplesOf(of, recording, { fromMs, toMs }));
  const facts = { rollout: spec.name, fromMs, toMs, intervalSeconds, comparisons, thresholds, samples, requestShare };
  const about = { ...replayed, ...facts, events: eventsOf(replayed) };
  return { ...about, notes: notesOf(spec, recording, about) };
}

function samplesOf(
  { name, mannWhitney: { everySeconds } }: MannWhitneySpec,
  { samples, stepMs }: Recording,
  { fromMs, toMs }: Pick<BacktestInput, 'fromMs' | 'toMs'>,
): BacktestSamples {
  const count = Math.floor((toMs - fromMs) / 1000 / everySeconds) + 1;
  const past = { lastAtMs: fromMs + (count - 1) * everySeconds * 1000, everySeconds, count };
  const valuesOf = (side: 'canary' | 'baseline') => recordedHistory(samples.get(name)?.[side] ?? [], past, stepMs);
  return { name, canary: valuesOf('canary'), stable: valuesOf('baseline') };
}
