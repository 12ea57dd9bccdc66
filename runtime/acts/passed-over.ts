import type { AlarmReading } from '../../core/metric-ports.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import { doorSpec } from '../../core/spec/door-spec.ts';

/** The list of a spec's analysis that names it: CloudWatch's alarms, or Prometheus's alerts. One name in both is two things. */
export type AlarmKind = 'alarms' | 'alerts';

/** The alarms, or the alerts, that a rollout goes by: those of the spec that it began with. */
export function alarmsOf(record: Pick<RolloutRecord, 'spec'>, kind: AlarmKind): readonly string[] {
  return doorSpec.parse(record.spec).analysis[kind];
}

/**
 * Whether an alarm is one that fired before the rollout began, and that its spec says to ignore (J8). Once it has recovered and fires
 * again, it speaks of the time since, and counts like any other.
 */
export function isPassedOver(
  record: Pick<RolloutRecord, 'ignoredAlarms' | 'ignoredAlerts' | 'startedAtMs'>,
  kind: AlarmKind,
  reading: AlarmReading,
): boolean {
  const ignored = kind === 'alarms' ? record.ignoredAlarms : (record.ignoredAlerts ?? []);
  return ignored.includes(reading.name) && (reading.sinceMs ?? 0) < record.startedAtMs;
}
