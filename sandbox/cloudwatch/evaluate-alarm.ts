import type { AlarmStateValue } from './alarm-rule.ts';

/** One period of the evaluation range; no value where the metric had no sample in it. */
export interface Datapoint {
  readonly startMs: number;
  readonly value: number | undefined;
}

export type TreatMissingData = 'missing' | 'notBreaching' | 'breaching' | 'ignore';

export interface EvaluationRules {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: TreatMissingData;
  breaches(value: number): boolean;
}

/** A datapoint that has a value. */
export interface RealDatapoint extends Datapoint {
  readonly value: number;
}

export interface Evaluation {
  /** Undefined: the alarm keeps the state that it has. */
  readonly state: AlarmStateValue | undefined;
  /** What was judged, oldest first. */
  readonly real: readonly RealDatapoint[];
  /** How many periods were filled in for lack of datapoints. */
  readonly filled: number;
}

/** CloudWatch looks at more periods than it judges, in case some are missing; its page shows two more. */
export const extraPeriods = 2;

/**
 * Judges M out of N datapoints as CloudWatch does.
 *
 * The most recent N real datapoints of the range count. Where there are fewer, the gap is filled with what the alarm says
 * about missing data, as few times as possible. With `missing` and `ignore` nothing can be filled in:
 * - a real datapoint that does not breach makes the alarm OK, unless M others breach;
 * - where all real ones breach but are fewer than M, the alarm fires only when the oldest is M periods old, so that one
 *   late datapoint does not fire it too soon (`ignore` keeps the state);
 * - before that, and without any, it is INSUFFICIENT_DATA (`ignore` keeps the state).
 *
 * @param range Oldest first, the evaluation range: N + {@link extraPeriods}.
 * @example M = N = 3: `0 - X - X` is OK; `0 X X - X` is ALARM; `- - X - -` is ALARM, though two are missing.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluateAlarm(range: readonly Datapoint[], rules: EvaluationRules): Evaluation {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData, breaches } = rules;
  const real = range.filter((point): point is RealDatapoint => point.value !== undefined).slice(-evaluationPeriods);
  const filled = evaluationPeriods - real.length;
  const breaching = real.filter((point) => breaches(point.value)).length;
  const fire = (state: AlarmStateValue | undefined): Evaluation => ({ state, real, filled });

  if (breaching >= datapointsToAlarm) return fire('ALARM');
  if (filled === 0 || treatMissingData === 'notBreaching') return fire('OK');
  if (treatMissingData === 'breaching') return fire(breaching + filled >= datapointsToAlarm ? 'ALARM' : 'OK');
  if (breaching < real.length) return fire('OK');
  if (treatMissingData === 'ignore') return fire(undefined);
  const oldest = range.findIndex((point) => point.value !== undefined);
  const oldestAge = oldest === -1 ? 0 : range.length - oldest;
  return fire(oldestAge >= datapointsToAlarm ? 'ALARM' : 'INSUFFICIENT_DATA');
}
