/**
 * Sluice's own metrics, in CloudWatch's embedded metric format: a line of the log that CloudWatch Logs also takes as metrics, without a call
 * and without a permission. docs/decisions/0014 has the figures.
 *
 * Each is sent only when there is something to say, since CloudWatch charges for a metric in those hours in which it is sent: at rest
 * Sluice sends none. A missing value therefore means 0.
 */
export const metricUnits = {
  RolloutsBegun: 'Count',
  RolloutsSucceeded: 'Count',
  /** Also by `rollbackReason`. */
  RolloutsRolledBack: 'Count',
  /** Rollbacks that could not be verified. */
  RolloutsFailed: 'Count',
  /** Rollouts that hold their service, counted by the sweep once a minute. */
  RolloutsActive: 'Count',
  /** Rollouts that the sweep could not help, once a minute: their service waits for a person. */
  RolloutsStuck: 'Count',
  /** Rollbacks whose execution died, and that the sweep started again. */
  RollbacksRestarted: 'Count',
  /** Parts of a run of the sweep that failed while the run went on: alarms, pushes, single rollouts. */
  SweepFailures: 'Count',
  /** Services that a run of the sweep did not look for lost pushes of, because there are too many for one run: a later run does. */
  PushesPostponed: 'Count',
  /** From the call of an abort door to the safe split written. */
  DoorMs: 'Milliseconds',
  /** From the alarm's own time to the safe split written: the delivery of its event included. */
  AlarmToSafeSplitMs: 'Milliseconds',
} as const;

export type MetricName = keyof typeof metricUnits;
export type MetricValues = Readonly<Partial<Record<MetricName, number>>>;

export const metricNamespace = 'Sluice';
/** The deployment's prefix: two copies of Sluice in one account have metrics of their own. */
export const deploymentDimension = 'deployment';
export const reasonDimension = 'rollbackReason';

export interface MetricSource {
  readonly deployment: string;
  readonly atMs: number;
  /** Sends the metrics once for the deployment and once for this reason. */
  readonly rollbackReason?: string | undefined;
}

/**
 * The fields that make a line of the log a set of metrics. Further fields on the same line stay what they are: text to be searched.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @example embeddedMetrics({ RolloutsStuck: 1 }, { deployment: 'sluice', atMs: 1767582000000 })
 *   // { _aws: { Timestamp: 1767582000000, CloudWatchMetrics: [{ Namespace: 'Sluice', Dimensions: [['deployment']],
 *   //   Metrics: [{ Name: 'RolloutsStuck', Unit: 'Count' }] }] }, deployment: 'sluice', RolloutsStuck: 1 }
 */
export function embeddedMetrics(values: MetricValues, { deployment, atMs, rollbackReason }: MetricSource): Record<string, unknown> {
  const names = (Object.keys(metricUnits) as MetricName[]).filter((name) => values[name] !== undefined);
  return {
    _aws: {
      Timestamp: Math.round(atMs),
      CloudWatchMetrics: [
        {
          Namespace: metricNamespace,
          Dimensions: [[deploymentDimension], ...(rollbackReason === undefined ? [] : [[deploymentDimension, reasonDimension]])],
          Metrics: names.map((name) => ({ Name: name, Unit: metricUnits[name] })),
        },
      ],
    },
    [deploymentDimension]: deployment,
    ...(rollbackReason === undefined ? {} : { [reasonDimension]: rollbackReason }),
    ...Object.fromEntries(names.map((name) => [name, values[name]])),
  };
}
