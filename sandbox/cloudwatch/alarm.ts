import type { AlarmSeries, CompositeAlarmDefinition, MetricAlarmDefinition } from './alarm-definition.ts';
import type { AlarmReason } from './alarm-reason.ts';
import type { AlarmRule, AlarmStateValue } from './alarm-rule.ts';

export interface AlarmStateRecord extends AlarmReason {
  readonly value: AlarmStateValue;
  readonly atMs: number;
}

interface AlarmRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly state: AlarmStateRecord;
}

export interface MetricAlarmRecord extends AlarmRecord {
  readonly kind: 'metric';
  readonly definition: MetricAlarmDefinition;
  readonly series: AlarmSeries;
}

export interface CompositeAlarmRecord extends AlarmRecord {
  readonly kind: 'composite';
  readonly definition: CompositeAlarmDefinition;
  readonly rule: AlarmRule;
}

/** An alarm as it is now. A change of state makes a new record. */
export type Alarm = MetricAlarmRecord | CompositeAlarmRecord;
