import { InvalidInputError } from '../../core/errors.ts';
import type { TreatMissingData } from './evaluate-alarm.ts';
import { compileExpression } from './metric-math.ts';
import type { MetricName, Statistic } from './metric-store.ts';

export type SimpleStatistic = Exclude<Statistic, `p${number}`>;

export type ComparisonOperator =
  | 'GreaterThanThreshold'
  | 'GreaterThanOrEqualToThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

interface AlarmBasics {
  readonly alarmName: string;
  readonly description?: string;
  readonly evaluationPeriods: number;
  /** M of M out of N; all N where left out. */
  readonly datapointsToAlarm?: number;
  readonly threshold: number;
  readonly comparisonOperator: ComparisonOperator;
  /** `missing` where left out. */
  readonly treatMissingData?: TreatMissingData;
  /** How often it is looked at. CloudWatch does so each minute, or each 10 s where the period is shorter than a minute. */
  readonly evaluateEveryMs?: number;
}

/** An alarm on one metric: with a statistic, or with a percentile (`p99`) as extendedStatistic. */
export interface SingleMetricAlarm extends AlarmBasics, MetricName {
  readonly statistic?: SimpleStatistic;
  readonly extendedStatistic?: `p${number}`;
  /** 10, 30 or a multiple of 60. */
  readonly periodSeconds: number;
}

/** One line of a metric-math alarm. Exactly one has an expression, and that one is judged. */
export type MetricQuery =
  | { readonly id: string; readonly expression: string; readonly label?: string }
  | { readonly id: string; readonly metricStat: MetricName & { readonly stat: Statistic; readonly periodSeconds: number } };

/** An alarm on an expression, such as an error rate: `100*errors/requests`. */
export interface MetricMathAlarm extends AlarmBasics {
  readonly metrics: readonly MetricQuery[];
}

export type MetricAlarmDefinition = SingleMetricAlarm | MetricMathAlarm;

export interface CompositeAlarmDefinition {
  readonly alarmName: string;
  readonly description?: string;
  /** `ALARM("errors") AND NOT ALARM("maintenance")`. */
  readonly alarmRule: string;
}

/** Where the values of an alarm come from: series by id, and how they become one. */
export interface AlarmSeries {
  readonly periodSeconds: number;
  readonly metrics: readonly { readonly id: string; readonly metric: MetricName; readonly stat: Statistic }[];
  combine(lookUp: (id: string) => number | undefined): number | undefined;
}

export const comparisons: Readonly<
  Record<ComparisonOperator, { readonly words: string; breaches(value: number, threshold: number): boolean }>
> = {
  GreaterThanThreshold: { words: 'greater than', breaches: (value, threshold) => value > threshold },
  GreaterThanOrEqualToThreshold: { words: 'greater than or equal to', breaches: (value, threshold) => value >= threshold },
  LessThanThreshold: { words: 'less than', breaches: (value, threshold) => value < threshold },
  LessThanOrEqualToThreshold: { words: 'less than or equal to', breaches: (value, threshold) => value <= threshold },
};

const secondsPerDay = 86_400;

/**
 * Checks an alarm as PutMetricAlarm does, and finds its series.
 *
 * @throws InvalidInputError naming the alarm and what it got wrong.
 */
export function readDefinition(alarm: MetricAlarmDefinition): AlarmSeries {
  const refuse = (problem: string): never => {
    throw new InvalidInputError(`The alarm ${alarm.alarmName} ${problem}.`, {
      remedy: 'Mend the definition, as PutMetricAlarm would ask.',
    });
  };
  const series = 'metrics' in alarm ? readMath(alarm, refuse) : readSingle(alarm, refuse);
  const { evaluationPeriods, datapointsToAlarm = evaluationPeriods } = alarm;
  const { periodSeconds } = series;
  if (![10, 30].includes(periodSeconds) && (!Number.isInteger(periodSeconds / 60) || periodSeconds < 60)) {
    refuse(`has a period of ${periodSeconds} s, which is neither 10, 30 nor a multiple of 60`);
  }
  if (!Number.isInteger(evaluationPeriods) || evaluationPeriods < 1) refuse('needs at least one evaluation period');
  if (evaluationPeriods * periodSeconds > secondsPerDay) refuse('looks back over more than a day');
  if (!Number.isInteger(datapointsToAlarm) || datapointsToAlarm < 1 || datapointsToAlarm > evaluationPeriods) {
    refuse(`wants ${datapointsToAlarm} of ${evaluationPeriods} datapoints`);
  }
  for (const { stat } of series.metrics) {
    if (!/^(Average|Sum|Minimum|Maximum|SampleCount|p(\d{1,2}(\.\d{1,10})?|100))$/.test(stat)) refuse(`has the unknown statistic ${stat}`);
  }
  return series;
}

function readSingle(alarm: SingleMetricAlarm, refuse: (problem: string) => never): AlarmSeries {
  const stat = alarm.statistic ?? alarm.extendedStatistic;
  if (stat === undefined || (alarm.statistic !== undefined && alarm.extendedStatistic !== undefined)) {
    return refuse('needs a statistic or an extendedStatistic, and not both');
  }
  return { periodSeconds: alarm.periodSeconds, metrics: [{ id: 'm1', metric: alarm, stat }], combine: (lookUp) => lookUp('m1') };
}

function readMath({ metrics }: MetricMathAlarm, refuse: (problem: string) => never): AlarmSeries {
  const [expression, ...more] = metrics.flatMap((query) => ('expression' in query ? [query.expression] : []));
  const stats = metrics.flatMap((query) => ('metricStat' in query ? [{ id: query.id, ...query.metricStat }] : []));
  if (expression === undefined || more.length > 0) return refuse('needs exactly one expression');
  if (new Set(metrics.map(({ id }) => id)).size < metrics.length) return refuse('has two metrics with the same id');
  const { ids, evaluate } = compileExpression(expression);
  const unknown = ids.find((id) => !stats.some((stat) => stat.id === id));
  if (unknown !== undefined) return refuse(`uses ${unknown}, which is none of its metrics`);
  const [periodSeconds, ...otherPeriods] = new Set(stats.map((stat) => stat.periodSeconds));
  if (periodSeconds === undefined || otherPeriods.length > 0) return refuse('needs metrics that all have the same period');
  return { periodSeconds, metrics: stats.map(({ id, stat, ...metric }) => ({ id, metric, stat })), combine: evaluate };
}
