import * as z from 'zod/mini';
import type { Measurement } from '../metric-ports.ts';
import { stored } from '../rollout/stored.ts';
import { formatDuration } from '../spec/duration.ts';
import type { FailureLimits, ThresholdSpec } from '../spec/query-spec.ts';
import type { Verdict } from './verdict.ts';

/** What a metric has to its name so far: kept with the rollout between ticks. */
export const metricTally = stored({
  consecutiveFailures: z.int(),
  totalFailures: z.int(),
  /** Since when every measurement has been out of bounds, where the last one was. */
  failingSinceMs: z.optional(z.number()),
});
export type MetricTally = z.infer<typeof metricTally>;

export const emptyTally: MetricTally = { consecutiveFailures: 0, totalFailures: 0 };

/**
 * Judges one measurement against its thresholds. A value out of bounds is a failure of the metric only when it has happened
 * often enough, in a row or in all; until then it is inconclusive, so that a blip neither aborts nor advances a rollout. No data,
 * a value that is no finite number (J1) and a source that is down leave the counts as they are: they say nothing about the canary.
 *
 * @example With `max: 0.01` and `failures: { consecutive: 2, total: 5 }`, the values 0.02, 0.001, 0.02, 0.03 give inconclusive,
 *   pass, inconclusive, fail: the last two are two in a row.
 * @example With `max: 0.2` and `failures: { for: 3m }`, a value above 0.2 at 0 s, at 60 s, at 120 s and at 180 s gives inconclusive three times and then
 *   fail; one of at most 0.2 in between, and the three minutes begin anew.
 */
export function judgeMetric(spec: ThresholdSpec, measurement: Measurement, tally: MetricTally): { verdict: Verdict; tally: MetricTally } {
  const name = spec.name;
  if (measurement.status === 'noData') {
    return { verdict: { name, verdict: 'inconclusive', reason: `${name} has no data: ${measurement.why}` }, tally };
  }
  if (measurement.status === 'unavailable') {
    const throttled = measurement.isThrottled === true ? { throttled: true } : {};
    return { verdict: { name, verdict: 'unavailable', reason: `${name} could not be asked: ${measurement.why}`, ...throttled }, tally };
  }
  const { value, atMs } = measurement;
  if (!Number.isFinite(value)) {
    return { verdict: { name, verdict: 'inconclusive', reason: `${name} has no data: its value is ${value}, which is no number.` }, tally };
  }
  const breach = breachOf(spec, value);
  if (breach === undefined) {
    const { failingSinceMs: _, ...good } = tally;
    return {
      verdict: { name, verdict: 'pass', reason: `${name} is ${showValue(value)}, ${boundsOf(spec)}.`, value },
      tally: { ...good, consecutiveFailures: 0 },
    };
  }
  const counted: MetricTally = {
    consecutiveFailures: tally.consecutiveFailures + 1,
    totalFailures: tally.totalFailures + 1,
    failingSinceMs: tally.failingSinceMs ?? atMs,
  };
  const { failed, counts } = against(spec.failures, counted, atMs);
  return {
    verdict: { name, verdict: failed ? 'fail' : 'inconclusive', reason: `${name} is ${showValue(value)}, ${breach} (${counts}).`, value },
    tally: counted,
  };
}

function against({ consecutive, total, forSeconds }: FailureLimits, tally: MetricTally, atMs: number): { failed: boolean; counts: string } {
  const { consecutiveFailures, totalFailures, failingSinceMs = atMs } = tally;
  const seconds = (atMs - failingSinceMs) / 1000;
  const limits = [
    { is: consecutiveFailures, limit: consecutive, text: `${consecutiveFailures} of ${consecutive} in a row` },
    { is: totalFailures, limit: total, text: `${totalFailures} of ${total} in all` },
    { is: seconds, limit: forSeconds, text: `for ${formatDuration(seconds)} of ${formatDuration(forSeconds ?? 0)}` },
  ].filter(({ limit }) => limit !== undefined);
  return {
    failed: limits.some(({ is, limit }) => limit !== undefined && is >= limit),
    counts: limits.map(({ text }) => text).join(', '),
  };
}

/** How a value is out of bounds; undefined where it is not. */
export function breachOf(spec: ThresholdSpec, value: number): string | undefined {
  if (spec.max !== undefined && value > spec.max) return `above ${showValue(spec.max)}`;
  if (spec.min !== undefined && value < spec.min) return `below ${showValue(spec.min)}`;
  return undefined;
}

function boundsOf(spec: ThresholdSpec): string {
  if (spec.min === undefined) return `at most ${showValue(spec.max ?? Number.POSITIVE_INFINITY)}`;
  return spec.max === undefined ? `at least ${showValue(spec.min)}` : `between ${showValue(spec.min)} and ${showValue(spec.max)}`;
}

/** Four significant digits: enough to compare with a threshold, short enough for one line. */
export function showValue(value: number): string {
  return String(Number(value.toPrecision(4)));
}
