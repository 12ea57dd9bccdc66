import type { CompositeAlarm, DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Alarm, CompositeAlarmRecord, MetricAlarmRecord } from './alarm.ts';
import type { MetricQuery, SingleMetricAlarm } from './alarm-definition.ts';
import type { MetricName } from './metric-store.ts';

/** What the SDK's client throws where AWS refuses: told apart by its name. */
export class CloudWatchRefusal extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** A page where MaxRecords is left out, and the most that either it or AlarmNames may be. */
const recordsPerPage = 50;
const mostRecords = 100;

/**
 * Answers DescribeAlarms as the API does: metric alarms only, unless AlarmTypes asks for composite ones too; in pages; names
 * that do not exist are left out without a word.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 * @throws CloudWatchRefusal as the SDK throws, where a list is too long.
 */
export function answerDescribeAlarms(alarms: readonly Alarm[], input: DescribeAlarmsCommandInput): DescribeAlarmsCommandOutput {
  const {
    AlarmNames,
    AlarmNamePrefix = '',
    AlarmTypes = ['MetricAlarm'],
    StateValue,
    MaxRecords = recordsPerPage,
    NextToken = '0',
  } = input;
  if ((AlarmNames?.length ?? 0) > mostRecords || MaxRecords > mostRecords) {
    throw new CloudWatchRefusal('ValidationError', `A list of more than ${mostRecords} alarms was asked for.`);
  }
  const wanted = alarms.filter(
    (alarm) =>
      (AlarmNames === undefined || AlarmNames.length === 0 || AlarmNames.includes(alarm.name)) &&
      alarm.name.startsWith(AlarmNamePrefix) &&
      AlarmTypes.includes(alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm') &&
      (StateValue === undefined || alarm.state.value === StateValue),
  );
  const start = Number(NextToken);
  const page = wanted.slice(start, start + MaxRecords);
  return {
    $metadata: {},
    MetricAlarms: page.filter((alarm) => alarm.kind === 'metric').map(metricAlarm),
    CompositeAlarms: page.filter((alarm) => alarm.kind === 'composite').map(compositeAlarm),
    ...(start + MaxRecords < wanted.length ? { NextToken: String(start + MaxRecords) } : {}),
  };
}

function shared({ name, arn, createdAtMs, definition, state }: Alarm) {
  return {
    AlarmName: name,
    AlarmArn: arn,
    ...(definition.description === undefined ? {} : { AlarmDescription: definition.description }),
    AlarmConfigurationUpdatedTimestamp: new Date(createdAtMs),
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    StateValue: state.value,
    StateReason: state.reason,
    ...(state.reasonData === undefined ? {} : { StateReasonData: state.reasonData }),
    StateUpdatedTimestamp: new Date(state.atMs),
    StateTransitionedTimestamp: new Date(state.atMs),
  };
}

function compositeAlarm(alarm: CompositeAlarmRecord): CompositeAlarm {
  return { ...shared(alarm), AlarmRule: alarm.definition.alarmRule };
}

function metricAlarm(alarm: MetricAlarmRecord): MetricAlarm {
  const { definition } = alarm;
  const { evaluationPeriods, datapointsToAlarm, threshold, comparisonOperator, treatMissingData } = definition;
  return {
    ...shared(alarm),
    EvaluationPeriods: evaluationPeriods,
    ...(datapointsToAlarm === undefined ? {} : { DatapointsToAlarm: datapointsToAlarm }),
    Threshold: threshold,
    ComparisonOperator: comparisonOperator,
    ...(treatMissingData === undefined ? {} : { TreatMissingData: treatMissingData }),
    ...('metrics' in definition ? mathFields(definition.metrics) : singleFields(definition)),
  };
}

function singleFields(alarm: SingleMetricAlarm): MetricAlarm {
  const { statistic, extendedStatistic, periodSeconds } = alarm;
  return {
    ...metricFields(alarm),
    ...(statistic === undefined ? {} : { Statistic: statistic }),
    ...(extendedStatistic === undefined ? {} : { ExtendedStatistic: extendedStatistic }),
    Period: periodSeconds,
  };
}

function mathFields(metrics: readonly MetricQuery[]): MetricAlarm {
  return {
    Metrics: metrics.map((query) => {
      if ('expression' in query) {
        return {
          Id: query.id,
          Expression: query.expression,
          ...(query.label === undefined ? {} : { Label: query.label }),
          ReturnData: true,
        };
      }
      const { stat, periodSeconds, ...metric } = query.metricStat;
      return { Id: query.id, MetricStat: { Metric: metricFields(metric), Period: periodSeconds, Stat: stat }, ReturnData: false };
    }),
  };
}

function metricFields({ namespace, metricName, dimensions = {} }: MetricName) {
  return { Namespace: namespace, MetricName: metricName, Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })) };
}
