import type { AlarmReading } from '../../core/ports.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import { rolloutSpec } from '../../core/spec/rollout-spec.ts';

/** The alarms that a rollout goes by: those of the spec that it began with. */
export function alarmsOf(record: Pick<RolloutRecord, 'spec'>): readonly string[] {
  return rolloutSpec.parse(record.spec).analysis.alarms;
}

/**
 * Whether an alarm is one that fired before the rollout began, and that its spec says to ignore (J8). Once it has recovered and fires
 * again, it speaks of the time since, and counts like any other.
 */
export function isPassedOver(record: Pick<RolloutRecord, 'ignoredAlarms' | 'startedAtMs'>, reading: AlarmReading): boolean {
  return record.ignoredAlarms.includes(reading.name) && (reading.sinceMs ?? 0) < record.startedAtMs;
}
