import type { DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { AwsJsonApi } from '../../adapters/aws/json-api.ts';
import { InvalidInputError, NotFoundError } from '../../core/errors.ts';
import { every, type SandboxClock } from '../clock.ts';
import { partitionOf } from '../eventbridge/bus-event.ts';
import type { EventBus } from '../eventbridge/event-bus.ts';
import type { Alarm, CompositeAlarmRecord, MetricAlarmRecord } from './alarm.ts';
import { type CompositeAlarmDefinition, comparisons, type MetricAlarmDefinition, readDefinition } from './alarm-definition.ts';
import { type AlarmReason, childTransition, compositeReason, evaluationReason } from './alarm-reason.ts';
import { type AlarmStateValue, compileAlarmRule } from './alarm-rule.ts';
import { answerDescribeAlarms, CloudWatchRefusal } from './describe-alarms.ts';
import { type Datapoint, evaluateAlarm, extraPeriods } from './evaluate-alarm.ts';
import { createMetricDataApi } from './metric-data-api.ts';
import { type MetricSample, MetricStore } from './metric-store.ts';
import { stateChangeEvent } from './state-change-event.ts';

/** How far the window of an alarm moves at a time: a minute, or 10 s for the short periods of high resolution. */
const minuteMs = 60_000;
const shortStrideMs = 10_000;

/**
 * CloudWatch in memory: metrics, metric alarms that judge real samples, composite alarms that follow them. Each change of
 * state puts CloudWatch's own event on the bus.
 *
 * Windows end at a full minute, or at a full 10 s where the period is shorter than a minute; the window that is still under
 * way does not count. Composite alarms follow their children at once.
 */
export class CloudWatch {
  /** A fault: what is asked is throttled, while alarms go on being judged and events go on being sent. */
  down = false;
  /** GetMetricData and ListMetrics, as over AWS's JSON protocol. */
  readonly metricData: AwsJsonApi;
  readonly #clock: SandboxClock;
  readonly #bus: EventBus;
  readonly #metrics = new MetricStore();
  readonly #alarms = new Map<string, Alarm>();
  readonly #evaluations = new Map<string, () => void>();

  constructor({ clock, bus }: { readonly clock: SandboxClock; readonly bus: EventBus }) {
    this.#clock = clock;
    this.#bus = bus;
    this.metricData = createMetricDataApi({ metrics: this.#metrics, isDown: () => this.down });
  }

  /** As PutMetricData. @throws InvalidInputError where the value is no finite number. */
  record(sample: MetricSample): void {
    this.#metrics.record(sample);
  }

  /**
   * Makes a metric alarm, or replaces the definition of the one with this name, which then keeps its state. A new one is in
   * INSUFFICIENT_DATA until it is judged for the first time, after one evaluation interval.
   *
   * @throws InvalidInputError for a definition that PutMetricAlarm would refuse.
   */
  putMetricAlarm(definition: MetricAlarmDefinition): void {
    const series = readDefinition(definition);
    const periodMs = series.periodSeconds * 1_000;
    this.#metrics.keepAtLeast((definition.evaluationPeriods + extraPeriods) * periodMs + minuteMs);
    this.#alarms.set(definition.alarmName, { ...this.#basics(definition.alarmName), kind: 'metric', definition, series });
    this.#evaluations.get(definition.alarmName)?.();
    const everyMs = definition.evaluateEveryMs ?? Math.min(periodMs, shortStrideMs);
    this.#evaluations.set(
      definition.alarmName,
      every(this.#clock, everyMs, () => this.#evaluate(definition.alarmName)),
    );
  }

  /**
   * Makes or replaces a composite alarm, and judges it at once.
   *
   * @throws InvalidInputError where the rule cannot be read, names an alarm that does not exist, or depends on itself.
   */
  putCompositeAlarm(definition: CompositeAlarmDefinition): void {
    const { alarmName } = definition;
    const rule = compileAlarmRule(definition.alarmRule);
    const missing = rule.children.find((child) => !this.#alarms.has(child));
    if (missing !== undefined) {
      throw new InvalidInputError(`The rule of ${alarmName} names the alarm ${missing}, which does not exist.`, {
        remedy: 'Make the alarms of a rule before the rule.',
      });
    }
    if (rule.children.some((child) => this.#dependsOn(child, alarmName))) {
      throw new InvalidInputError(`The rule of ${alarmName} depends on ${alarmName} itself.`, {
        remedy: 'Take the circle out of the rules.',
      });
    }
    const alarm: CompositeAlarmRecord = { ...this.#basics(alarmName), kind: 'composite', definition, rule };
    this.#alarms.set(alarmName, alarm);
    const value = this.#valueOf(alarm);
    const because = `${alarm.arn} was created and its alarm rule evaluates to ${value}`;
    this.#change(alarm, value, this.#compositeReason(rule.children, because));
  }

  /** As DeleteAlarms: without an event, and names that do not exist are refused. @throws NotFoundError */
  deleteAlarms(names: readonly string[]): void {
    for (const name of names) {
      this.#existing(name);
      this.#evaluations.get(name)?.();
      this.#evaluations.delete(name);
      this.#alarms.delete(name);
    }
  }

  /**
   * Puts an alarm into a state by hand. As on AWS this lasts until a metric alarm is next judged, or the next change of a
   * composite alarm's child; and nothing is sent where the alarm is in that state already.
   *
   * @throws NotFoundError
   */
  setAlarmState(name: string, value: AlarmStateValue, reason: string): void {
    this.#change(this.#existing(name), value, { reason });
  }

  /** As the SDK's DescribeAlarms. @throws CloudWatchRefusal named ThrottlingException while `down`, ValidationError for too many names. */
  async describeAlarms(input: DescribeAlarmsCommandInput): Promise<DescribeAlarmsCommandOutput> {
    if (this.down) throw new CloudWatchRefusal('ThrottlingException', 'Rate exceeded');
    return answerDescribeAlarms([...this.#alarms.values()], input);
  }

  /** Judges no alarm any more. */
  stop(): void {
    for (const cancel of this.#evaluations.values()) cancel();
    this.#evaluations.clear();
  }

  #basics(name: string) {
    const { region, account } = this.#bus;
    const nowMs = this.#clock.now();
    const arn = `arn:${partitionOf(region)}:cloudwatch:${region}:${account}:alarm:${name}`;
    const initial = { value: 'INSUFFICIENT_DATA' as const, reason: 'Unchecked: Initial alarm creation', atMs: nowMs };
    return { name, arn, createdAtMs: nowMs, state: this.#alarms.get(name)?.state ?? initial };
  }

  #existing(name: string): Alarm {
    const alarm = this.#alarms.get(name);
    if (alarm !== undefined) return alarm;
    throw new NotFoundError(`There is no alarm of the name ${name}.`, { remedy: 'Check the name, or make the alarm first.' });
  }

  #evaluate(name: string): void {
    const alarm = this.#existing(name);
    if (alarm.kind !== 'metric') return;
    const { definition, series } = alarm;
    const { evaluationPeriods, datapointsToAlarm = evaluationPeriods, treatMissingData = 'missing', threshold } = definition;
    const { breaches } = comparisons[definition.comparisonOperator];
    const evaluation = evaluateAlarm(this.#evaluationRange(alarm), {
      evaluationPeriods,
      datapointsToAlarm,
      treatMissingData,
      breaches: (value) => breaches(value, threshold),
    });
    if (evaluation.state === undefined) return;
    this.#change(alarm, evaluation.state, evaluationReason(definition, series, evaluation, this.#clock.now()));
  }

  #evaluationRange({ definition, series }: MetricAlarmRecord): Datapoint[] {
    const periodMs = series.periodSeconds * 1_000;
    const strideMs = periodMs < minuteMs ? shortStrideMs : minuteMs;
    const endMs = Math.floor(this.#clock.now() / strideMs) * strideMs;
    const periods = definition.evaluationPeriods + extraPeriods;
    return Array.from({ length: periods }, (_, index) => {
      const startMs = endMs - (periods - index) * periodMs;
      const values = new Map(
        series.metrics.map(({ id, metric, stat }) => [id, this.#metrics.statistic(metric, stat, startMs, startMs + periodMs)]),
      );
      return { startMs, value: series.combine((id) => values.get(id)) };
    });
  }

  #change(alarm: Alarm, value: AlarmStateValue, because: AlarmReason): void {
    if (alarm.state.value === value) return;
    const changed: Alarm = { ...alarm, state: { ...because, value, atMs: this.#clock.now() } };
    this.#alarms.set(alarm.name, changed);
    this.#bus.putEvents([stateChangeEvent(changed, alarm.state)]);
    for (const parent of this.#alarms.values()) {
      if (parent.kind !== 'composite' || !parent.rule.children.includes(alarm.name)) continue;
      const transition = childTransition(alarm.arn, value, this.#clock.now());
      this.#change(parent, this.#valueOf(parent), this.#compositeReason([alarm.name], transition));
    }
  }

  #valueOf({ rule }: CompositeAlarmRecord): AlarmStateValue {
    return rule.holds((child) => this.#alarms.get(child)?.state.value) ? 'ALARM' : 'OK';
  }

  #compositeReason(names: readonly string[], because: string): AlarmReason {
    const children = names.flatMap((name) => this.#alarms.get(name) ?? []);
    return compositeReason(
      children.map(({ arn, state }) => ({ arn, value: state.value, sinceMs: state.atMs })),
      because,
    );
  }

  #dependsOn(name: string, target: string): boolean {
    const alarm = this.#alarms.get(name);
    return name === target || (alarm?.kind === 'composite' && alarm.rule.children.some((child) => this.#dependsOn(child, target)));
  }
}
