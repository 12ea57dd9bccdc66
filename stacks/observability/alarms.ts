import { Alarm, ComparisonOperator, type IMetric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { ObservabilityLevel, Watched } from '../observability.ts';
import { metricsOf, minutesOfSums, sumOf } from './watched-metrics.ts';

/** One alarm on Sluice itself. */
export interface AlarmSetup {
  /** Its anchor in docs/runbook/alarms.md; its name in AWS is `<prefix>-<anchor>`. */
  readonly anchor: string;
  /** The least level at which it is deployed. */
  readonly level: Exclude<ObservabilityLevel, 'none'>;
  /** What it means for users, in a sentence: the person who is paged reads it first. */
  readonly means: string;
  readonly metric: IMetric;
  readonly fires: 'atLeast' | 'lessThan';
  readonly threshold: number;
  /** So many of the last minutes: `[2, 3]` is two of three. */
  readonly minutes: readonly [number, number];
  readonly missing: TreatMissingData;
}

/** The doors that alerts from outside come in by. Which of them there are depends on what is deployed. */
const alertDoors = ['ReceiveAlerts', 'ReceiveWebhook'];

const never = { fires: 'atLeast', threshold: 1, minutes: [1, 1], missing: TreatMissingData.NOT_BREACHING } as const;
const neverInSum = { ...never, minutes: [1, minutesOfSums] } as const;

/**
 * Every alarm. No alarm looks at how rollouts end: that a bad version was rolled back is what Sluice is for.
 *
 * Those of the level `alarms` refer to eight metrics, since CloudWatch charges by the metric that an alarm refers to, and that is what the
 * month at rest has room for. What the others see early, those see later: a failing door ends in dead letters, a sweep that always
 * fails leaves rollouts without help, a slow door is a fast one's errors.
 */
export function alarmSetups(watched: Watched): readonly AlarmSetup[] {
  const { own, ofFunction, ofMachine, deadLetters } = metricsOf(watched);
  const doors = alertDoors.filter((name) => watched.functions[name] !== undefined);
  const errorsAndThrottles = (name: string) => [ofFunction(name, 'Errors'), ofFunction(name, 'Throttles')];
  return [
    {
      ...neverInSum,
      anchor: 'failed-rollbacks',
      level: 'alarms',
      means: 'A rollback could not be verified, or its execution died: users may still be on the canary.',
      metric: sumOf('failed, timed out or aborted', [
        ofMachine('rollback', 'ExecutionsFailed'),
        ofMachine('rollback', 'ExecutionsTimedOut'),
        ofMachine('rollback', 'ExecutionsAborted'),
      ]),
    },
    {
      ...never,
      anchor: 'stuck-rollouts',
      level: 'alarms',
      means: 'A rollout holds its service and nobody moves it on: its rollback has failed, or the sweep cannot help it.',
      metric: own('RolloutsStuck', { statistic: Stats.MAXIMUM }),
      minutes: [2, 3],
    },
    {
      ...never,
      anchor: 'dead-letters',
      level: 'alarms',
      means: 'An event could not be handled, retries included: a push, an alarm or an alert may have gone unheard.',
      metric: deadLetters,
      // SQS stops sending metrics of a queue that nobody touches, and the letter is still there then.
      missing: TreatMissingData.IGNORE,
    },
    {
      anchor: 'sweep-did-not-run',
      level: 'alarms',
      means: 'The watchdog has not run for three minutes: lost events and dead executions are found by nobody.',
      metric: ofFunction('Sweep', 'Invocations'),
      fires: 'lessThan',
      threshold: 1,
      minutes: [3, 3],
      // Lambda sends no 0: a function that does not run has no value.
      missing: TreatMissingData.BREACHING,
    },
    {
      ...neverInSum,
      anchor: 'door-errors',
      level: 'alarms',
      means: 'The abort door has failed or was throttled: a rollback may begin late.',
      metric: sumOf('errors and throttles', errorsAndThrottles('Abort')),
    },
    {
      ...never,
      anchor: 'sweep-errors',
      level: 'full',
      means: 'The watchdog runs and fails, in part or as a whole: alarms, pushes or rollouts are left alone.',
      metric: sumOf('errors and failed parts', [ofFunction('Sweep', 'Errors'), own('SweepFailures')]),
      minutes: [2, minutesOfSums],
    },
    {
      ...never,
      anchor: 'door-latency',
      level: 'full',
      means: 'The abort door was slow: users stay on a bad canary longer than they should.',
      metric: ofFunction('Abort', 'Duration', { statistic: Stats.percentile(99), label: 'p99' }),
      threshold: doorLatencyMs,
    },
    {
      ...never,
      anchor: 'alarm-to-safe-split',
      level: 'full',
      means: 'Traffic moved long after an alarm fired: the event was lost or late, or the cluster did not answer.',
      metric: own('AlarmToSafeSplitMs', { statistic: Stats.MAXIMUM }),
      threshold: alarmToSafeSplitMs,
    },
    ...(doors.length === 0
      ? []
      : [
          {
            ...neverInSum,
            anchor: 'alert-door-errors',
            level: 'full' as const,
            means: 'A door for alerts has failed or was throttled: an alert may be handled late, or not at all.',
            metric: sumOf('errors and throttles', doors.flatMap(errorsAndThrottles)),
          },
        ]),
  ];
}

/** The bench's p99 with a store as slow as DynamoDB is 0.14 s; a retry against a cluster that does not answer takes seconds. */
const doorLatencyMs = 3000;
/** An event takes seconds. Beyond half a minute it was the sweep that found the alarm, or the door had to try again. */
const alarmToSafeSplitMs = 30_000;

const comparisons = {
  atLeast: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  lessThan: ComparisonOperator.LESS_THAN_THRESHOLD,
} as const;

export function createAlarm(
  scope: Construct,
  { prefix, runbookUrl, ...setup }: AlarmSetup & { readonly prefix: string; readonly runbookUrl: string },
): Alarm {
  const [datapointsToAlarm, evaluationPeriods] = setup.minutes;
  return new Alarm(scope, setup.anchor, {
    alarmName: `${prefix}-${setup.anchor}`,
    alarmDescription: `${setup.means} What to do: ${runbookUrl}#${setup.anchor}`,
    metric: setup.metric,
    comparisonOperator: comparisons[setup.fires],
    threshold: setup.threshold,
    datapointsToAlarm,
    evaluationPeriods,
    treatMissingData: setup.missing,
  });
}
