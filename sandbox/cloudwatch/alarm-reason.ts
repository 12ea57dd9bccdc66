import { type AlarmSeries, comparisons, type MetricAlarmDefinition } from './alarm-definition.ts';
import type { Evaluation, RealDatapoint } from './evaluate-alarm.ts';

/** Why an alarm is in its state: a sentence, and the same as JSON text where CloudWatch gives it. */
export interface AlarmReason {
  readonly reason: string;
  readonly reasonData?: string;
}

/** `2019-10-02T17:04:40.989+0000`, as CloudWatch writes times within an event. */
export function cloudWatchTime(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '+0000');
}

/**
 * The reason that CloudWatch gives for what an evaluation came to.
 *
 * @example 'Threshold Crossed: 1 out of the last 1 datapoints [99.5 (02/10/19 16:59:00)] was greater than the threshold (50.0)
 *   (minimum 1 datapoint for OK -> ALARM transition).'
 */
export function evaluationReason(alarm: MetricAlarmDefinition, series: AlarmSeries, evaluation: Evaluation, nowMs: number): AlarmReason {
  const { real, filled, state } = evaluation;
  const data = {
    version: '1.0',
    queryDate: cloudWatchTime(nowMs),
    ...(real[0] === undefined ? {} : { startDate: cloudWatchTime(real[0].startMs) }),
    ...('metrics' in alarm ? {} : { statistic: alarm.statistic ?? alarm.extendedStatistic }),
    period: series.periodSeconds,
    recentDatapoints: real.map((point) => point.value),
    threshold: alarm.threshold,
  };
  const reason = state === 'INSUFFICIENT_DATA' ? unknownReason(filled) : thresholdReason(alarm, evaluation);
  return { reason, reasonData: JSON.stringify(data) };
}

function unknownReason(filled: number): string {
  return `Insufficient Data: ${filled} ${filled === 1 ? 'datapoint was' : 'datapoints were'} unknown.`;
}

function thresholdReason(alarm: MetricAlarmDefinition, { state, real, filled }: Evaluation): string {
  const { evaluationPeriods, datapointsToAlarm = evaluationPeriods, threshold, treatMissingData = 'missing' } = alarm;
  const treatedAs = { breaching: 'Breaching', notBreaching: 'NonBreaching', missing: undefined, ignore: undefined }[treatMissingData];
  const missing = `${filled} missing ${filled === 1 ? 'datapoint was' : 'datapoints were'} treated as [${treatedAs}]`;
  if (real.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${filled} ${filled === 1 ? 'period' : 'periods'} and ${missing}.`;
  }
  const { words, breaches } = comparisons[alarm.comparisonOperator];
  const fires = state === 'ALARM';
  const shown = real.filter((point) => breaches(point.value, threshold) === fires);
  const minimum = fires ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  const crossed =
    `${shown.length} out of the last ${real.length} datapoints [${shown.toReversed().map(shownDatapoint).join(', ')}] ` +
    `${shown.length === 1 ? 'was' : 'were'} ${fires ? '' : 'not '}${words} the threshold (${decimal(threshold)})`;
  const transition = `(minimum ${minimum} ${minimum === 1 ? 'datapoint' : 'datapoints'} for ${fires ? 'OK -> ALARM' : 'ALARM -> OK'} transition)`;
  return `Threshold Crossed: ${crossed}${filled > 0 && treatedAs !== undefined ? ` and ${missing}` : ''} ${transition}.`;
}

/** `99.5 (02/10/19 16:59:00)`: value, day, month, year, time in UTC. */
function shownDatapoint({ value, startMs }: RealDatapoint): string {
  const [date = '', time = ''] = new Date(startMs).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${decimal(value)} (${day}/${month}/${year.slice(2)} ${time.slice(0, 8)})`;
}

function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** What a child's change, or its own creation, means to a composite alarm. */
export function compositeReason(children: readonly { arn: string; value: string; sinceMs: number }[], because: string): AlarmReason {
  const triggeringAlarms = children.map(({ arn, value, sinceMs }) => ({ arn, state: { value, timestamp: cloudWatchTime(sinceMs) } }));
  return { reason: because, reasonData: JSON.stringify({ triggeringAlarms }) };
}

/** `… transitioned to ALARM at Friday 22 July, 2022 15:57:45 UTC`. */
export function childTransition(arn: string, value: string, atMs: number): string {
  const at = new Date(atMs);
  const day = `${weekdays[at.getUTCDay()]} ${at.getUTCDate()} ${months[at.getUTCMonth()]}, ${at.getUTCFullYear()}`;
  return `${arn} transitioned to ${value} at ${day} ${at.toISOString().slice(11, 19)} UTC`;
}
