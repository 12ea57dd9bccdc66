import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, type MetricProps, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { deploymentDimension, type MetricName, metricNamespace } from '../../runtime/metrics.ts';
import type { Watched } from '../observability.ts';

const minute = Duration.minutes(1);

/** So many minutes an alarm on a sum looks back, of which fewer have to be bad: late values are still among them. */
export const minutesOfSums = 5;

type MetricOptions = Pick<MetricProps, 'statistic' | 'label' | 'period'>;

const metric = (namespace: string, metricName: string, dimensionsMap: Record<string, string>, options: MetricOptions = {}) =>
  new Metric({ namespace, metricName, dimensionsMap, period: minute, statistic: Stats.SUM, ...options });

/** The metrics of one deployment, by where they come from. Sums over a minute unless said otherwise. */
export function metricsOf({ prefix, functions, machines, deadLetterQueue, table }: Watched) {
  return {
    /** Sent by Sluice itself, in its log. */
    own: (name: MetricName, options?: MetricOptions) => metric(metricNamespace, name, { [deploymentDimension]: prefix }, options),
    ofFunction: (name: string, metricName: 'Invocations' | 'Errors' | 'Throttles' | 'Duration', options?: MetricOptions) => {
      const found = functions[name];
      if (found === undefined) throw new Error(`Observability watches the function ${name}, and it is not among those that it was given.`);
      return metric('AWS/Lambda', metricName, { FunctionName: found.functionName }, options);
    },
    ofMachine: (
      name: 'rollout' | 'rollback',
      metricName: 'ExecutionsStarted' | 'ExecutionsSucceeded' | 'ExecutionsFailed' | 'ExecutionsTimedOut' | 'ExecutionsAborted',
      options?: MetricOptions,
    ) => metric('AWS/States', metricName, { StateMachineArn: machines[name].stateMachineArn }, options),
    deadLetters: metric(
      'AWS/SQS',
      'ApproximateNumberOfMessagesVisible',
      { QueueName: deadLetterQueue.queueName },
      { statistic: Stats.MAXIMUM, label: 'waiting' },
    ),
    tableThrottles: (metricName: 'ReadThrottleEvents' | 'WriteThrottleEvents', options?: MetricOptions) =>
      metric('AWS/DynamoDB', metricName, { TableName: table.tableName }, options),
  };
}

/**
 * The sum of several, of which any may have no value: a metric that has never been sent would otherwise leave the sum without one.
 *
 * An alarm on it has to look at `minutesOfSums`: a metric comes a minute or two late, and until then FILL has put 0 in its place, so that
 * the newest minute is never a bad one. Source: FILL in https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function sumOf(label: string, parts: readonly Metric[]): MathExpression {
  return new MathExpression({
    expression: 'SUM(FILL(METRICS(), 0))',
    usingMetrics: Object.fromEntries(parts.map((part, index) => [`m${index + 1}`, part])),
    period: minute,
    label,
  });
}
