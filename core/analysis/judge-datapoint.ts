import * as z from 'zod/mini';
import type { Datapoint } from '../metric-ports.ts';
import { stored } from '../rollout/stored.ts';
import { formatDuration } from '../spec/duration.ts';
import type { MetricRole } from '../spec/metric-role.ts';
import type { ThresholdSpec } from '../spec/query-spec.ts';
import { emptyTally, judgeMetric, type MetricTally, metricTally } from './judge-metric.ts';
import type { Verdict } from './verdict.ts';

/** The datapoint of a metric that was judged last: kept with the rollout between ticks. */
export const judgedDatapoint = stored({
  fromMs: z.number(),
  /** Since when datapoints are of this rollout: the beginning of the first step that was judged. */
  sinceMs: z.number(),
  /** The tally without it. */
  before: metricTally,
});
export type JudgedDatapoint = z.infer<typeof judgedDatapoint>;

export interface DatapointJudgement {
  readonly verdict: Verdict;
  readonly tally: MetricTally;
  readonly judged: JudgedDatapoint | undefined;
}

/**
 * Judges a datapoint, which stands for a whole period and is seen again at each look until the next one is published.
 *
 * It counts once, however often it is seen, and as what it was last: CloudWatch completes datapoints late. Only what was measured at the step's own
 * weight passes it, so a period that began before the step is no pass; but it fails it like any other, where it began in this rollout.
 *
 * @example With `failures: { consecutive: 2 }`, a datapoint above max that is seen six times is one failure of two; the next period's is the second.
 */
export function judgeDatapoint(
  spec: ThresholdSpec,
  datapoint: Datapoint,
  { tally = emptyTally, judged, stepSinceMs }: { tally: MetricTally | undefined; judged: JudgedDatapoint | undefined; stepSinceMs: number },
): DatapointJudgement {
  const { name } = spec;
  const unjudged = (why: string) => ({ ...judgeMetric(spec, { name, atMs: 0, status: 'noData', why }, tally), judged });
  if (datapoint.status !== 'value') return { ...judgeMetric(spec, { name, atMs: 0, ...datapoint }, tally), judged };
  const { fromMs, untilMs, value } = datapoint;
  const sinceMs = judged?.sinceMs ?? stepSinceMs;
  const its = `its newest datapoint is of the ${formatDuration((untilMs - fromMs) / 1000)} from ${timeOf(fromMs)}`;
  if (fromMs < sinceMs) return unjudged(`${its}, and the canary has its weight only since ${timeOf(sinceMs)}.`);
  if (judged !== undefined && fromMs < judged.fromMs) return unjudged(`${its}, and one that was newer is judged already.`);
  const before = judged?.fromMs === fromMs ? judged.before : tally;
  const now = judgeMetric(spec, { name, atMs: untilMs, status: 'value', value }, before);
  const isEarly = now.verdict.verdict === 'pass' && fromMs < stepSinceMs;
  const reason = `${now.verdict.reason.replace(/\.$/, '')} in the ${formatDuration((untilMs - fromMs) / 1000)} from ${timeOf(fromMs)}, before this step.`;
  return {
    verdict: isEarly ? { ...now.verdict, verdict: 'inconclusive', reason } : now.verdict,
    tally: now.tally,
    judged: { fromMs, sinceMs, before },
  };
}

/** Since when a datapoint is of the step's own weight, and of a canary that has warmed up: one that began before passes nothing. */
export function ownSinceMs(
  { initialDelaySeconds }: Pick<MetricRole, 'initialDelaySeconds'>,
  { stepStartedMs, trafficSinceMs }: { readonly stepStartedMs: number; readonly trafficSinceMs: number },
): number {
  return Math.max(stepStartedMs, trafficSinceMs + initialDelaySeconds * 1000);
}

/** @example timeOf(Date.parse('2026-01-05T02:58:00Z')) // '02:58:00 UTC' */
function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}
