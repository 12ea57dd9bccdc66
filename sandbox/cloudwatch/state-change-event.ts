import { type EventEntry, steadyUuid } from '../eventbridge/bus-event.ts';
import type { Alarm, AlarmStateRecord, MetricAlarmRecord } from './alarm.ts';
import type { MetricQuery } from './alarm-definition.ts';
import { cloudWatchTime } from './alarm-reason.ts';
import type { MetricName } from './metric-store.ts';

/**
 * The event that CloudWatch sends when an alarm comes into another state.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export function stateChangeEvent(alarm: Alarm, previousState: AlarmStateRecord): EventEntry {
  const { description } = alarm.definition;
  return {
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      configuration: {
        ...(description === undefined ? {} : { description }),
        ...(alarm.kind === 'metric' ? { metrics: metricsOf(alarm) } : { alarmRule: alarm.definition.alarmRule }),
      },
      previousState: stateInEvent(previousState),
      state: stateInEvent(alarm.state),
    },
  };
}

function stateInEvent({ reason, reasonData, atMs, value }: AlarmStateRecord) {
  return { reason, ...(reasonData === undefined ? {} : { reasonData }), timestamp: cloudWatchTime(atMs), value };
}

function metricsOf({ name, definition, series }: MetricAlarmRecord): readonly unknown[] {
  if ('metrics' in definition) return definition.metrics.map(queryInEvent);
  return series.metrics.map(({ metric, stat }) => ({
    id: steadyUuid(`metric of ${name}`),
    metricStat: metricStat(metric, series.periodSeconds, stat),
    returnData: true,
  }));
}

function queryInEvent(query: MetricQuery) {
  if ('expression' in query) return { ...query, returnData: true };
  const { stat, periodSeconds, ...metric } = query.metricStat;
  return { id: query.id, metricStat: metricStat(metric, periodSeconds, stat), returnData: false };
}

function metricStat({ namespace, metricName, dimensions = {} }: MetricName, period: number, stat: string) {
  return { metric: { dimensions, name: metricName, namespace }, period, stat };
}
