import {
  DeleteAlarmsCommand,
  type MetricDatum,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import type { MetricSample } from '../../../sandbox/traffic/cloudwatch-reporter.ts';
import type { LoadBalancerSample } from '../../../sandbox/traffic/load-balancer-reporter.ts';
import type { Setting } from '../../scenarios/tier.ts';
import type { Apis } from './apis.ts';

/** Bad answers in ten seconds beyond which the usual alarm fires: LocalStack judges one metric, and no expression of several. */
const badAnswers = 4;

export interface AlarmsOptions {
  readonly apis: Apis;
  /** Of the metrics: one for each scenario, so that nothing is judged by what the one before measured. */
  readonly namespace: string;
  readonly nameOf: (alarm: string) => string;
}

/** CloudWatch of a LocalStack, for one scenario: the alarms that it makes, and the proxy's samples that they judge. */
export class Alarms {
  readonly #options: AlarmsOptions;
  readonly #made = new Set<string>();
  #waiting: MetricSample[] = [];

  constructor(options: AlarmsOptions) {
    this.#options = options;
  }

  /** The alarm of a service's canary, which fires by metric data that crosses its threshold. `actions` are called when it fires. */
  async putUsual(service: string, actions: readonly string[] = []): Promise<void> {
    const { nameOf, namespace } = this.#options;
    const AlarmName = nameOf(`${service}-errors`);
    this.#made.add(AlarmName);
    await this.#send(
      new PutMetricAlarmCommand({
        AlarmName,
        AlarmActions: [...actions],
        Namespace: namespace,
        MetricName: 'Errors',
        Dimensions: [{ Name: 'Service', Value: `${service}-canary` }],
        Statistic: 'Sum',
        Period: 10,
        EvaluationPeriods: 1,
        Threshold: badAnswers,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      }),
    );
  }

  /** An alarm as a story makes it. It keeps the state that it is put into, since its metric has no data. */
  async put(alarm: Parameters<Setting['cloudWatch']['putMetricAlarm']>[0]): Promise<void> {
    this.#made.add(alarm.alarmName);
    await this.#send(
      new PutMetricAlarmCommand({
        AlarmName: alarm.alarmName,
        Namespace: `${this.#options.namespace}/${alarm.namespace}`,
        MetricName: alarm.metricName,
        Statistic: alarm.statistic ?? 'Sum',
        Period: alarm.periodSeconds,
        EvaluationPeriods: alarm.evaluationPeriods,
        Threshold: alarm.threshold,
        ComparisonOperator: alarm.comparisonOperator,
        TreatMissingData: alarm.treatMissingData ?? 'ignore',
      }),
    );
  }

  async set(AlarmName: string, StateValue: 'OK' | 'ALARM', StateReason: string): Promise<void> {
    await this.#send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
  }

  /** Passes on what an alarm judges. What belongs to one report goes into one request. */
  readonly record = (sample: MetricSample | LoadBalancerSample): void => {
    if (sample.namespace !== 'Sandbox/Mesh' || sample.metricName !== 'Errors') return;
    this.#waiting.push(sample);
    if (this.#waiting.length === 1) queueMicrotask(() => void this.#flush().catch(() => undefined));
  };

  async delete(): Promise<void> {
    if (this.#made.size > 0) await this.#send(new DeleteAlarmsCommand({ AlarmNames: [...this.#made] }));
  }

  async #flush(): Promise<void> {
    const samples = this.#waiting;
    this.#waiting = [];
    const data = samples.map(
      ({ metricName, dimensions, value, unit, atMs }): MetricDatum => ({
        MetricName: metricName,
        Dimensions: [{ Name: 'Service', Value: dimensions.Service }],
        Value: value,
        Unit: unit,
        Timestamp: new Date(atMs),
        StorageResolution: 1,
      }),
    );
    await this.#send(new PutMetricDataCommand({ Namespace: this.#options.namespace, MetricData: data }));
  }

  #send(command: PutMetricAlarmCommand | PutMetricDataCommand | SetAlarmStateCommand | DeleteAlarmsCommand): Promise<unknown> {
    return this.#options.apis.cloudWatch.send(command as never);
  }
}
