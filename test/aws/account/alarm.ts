import {
  DeleteAlarmsCommand,
  type DeleteAlarmsCommandOutput,
  type DescribeAlarmsCommand,
  type DescribeAlarmsCommandOutput,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandOutput,
  PutMetricDataCommand,
  type PutMetricDataCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { createCloudWatchAlarmSource } from '../../../adapters/metrics/cloudwatch.ts';
import type { AlarmReading } from '../../../core/metric-ports.ts';
import type { Clock } from '../../../core/ports.ts';
import type { RunNames } from '../names.ts';
import { asking } from './clients.ts';

/** The part of CloudWatchClient that is used. */
export interface AlarmSender {
  send(command: PutMetricAlarmCommand): Promise<PutMetricAlarmCommandOutput>;
  send(command: PutMetricDataCommand): Promise<PutMetricDataCommandOutput>;
  send(command: DeleteAlarmsCommand): Promise<DeleteAlarmsCommandOutput>;
  send(command: DescribeAlarmsCommand): Promise<DescribeAlarmsCommandOutput>;
}

/** The shortest period that CloudWatch judges; it wants a metric of high resolution. */
const periodSeconds = 10;

/** The alarm that the spec names, and the metric that it watches. Without data it is fine, so that a rollout may begin. */
export class TestAlarm {
  readonly #client: AlarmSender;
  readonly #names: RunNames;
  readonly #clock: Clock;

  constructor(client: AlarmSender, names: RunNames, clock: Clock) {
    this.#client = client;
    this.#names = names;
    this.#clock = clock;
  }

  async make(): Promise<void> {
    const { alarm, metricNamespace, metric, id } = this.#names;
    const command = new PutMetricAlarmCommand({
      AlarmName: alarm,
      AlarmDescription: `Made by npm run test:aws, run ${id}. It may be deleted when that run has ended.`,
      Namespace: metricNamespace,
      MetricName: metric,
      Statistic: 'Maximum',
      Period: periodSeconds,
      EvaluationPeriods: 1,
      Threshold: 0.5,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
    await asking('cloudwatch:PutMetricAlarm', () => this.#client.send(command));
  }

  async cross(): Promise<void> {
    const { metricNamespace, metric } = this.#names;
    const datum = { MetricName: metric, Value: 1, StorageResolution: 1, Timestamp: new Date(this.#clock.now()) };
    const command = new PutMetricDataCommand({ Namespace: metricNamespace, MetricData: [datum] });
    await asking('cloudwatch:PutMetricData', () => this.#client.send(command));
  }

  async read(): Promise<AlarmReading> {
    const { alarm } = this.#names;
    const [reading] = await createCloudWatchAlarmSource(this.#client).read([alarm]);
    return reading ?? { name: alarm, state: 'missing', reason: '', sinceMs: undefined };
  }

  /** CloudWatch is content where there is none of that name. */
  async remove(): Promise<void> {
    await asking('cloudwatch:DeleteAlarms', () => this.#client.send(new DeleteAlarmsCommand({ AlarmNames: [this.#names.alarm] })));
  }
}
