import { AlarmStates } from '../../../adapters/store/alarm-states.ts';
import { Rollouts } from '../../../adapters/store/rollouts.ts';
import type { AlarmReading } from '../../../core/ports.ts';
import { endedPhases, type Lock, type RolloutRecord } from '../../../core/rollout/record.ts';
import { rolloutSpec } from '../../../core/spec/rollout-spec.ts';
import type { Deps } from '../../deps.ts';
import { abortRolloutsOf } from '../abort-for-alarm.ts';
import type { AbortDeps } from '../abort-rollout.ts';
import { isPassedOver } from '../passed-over.ts';

/**
 * Reads the alarms of all running rollouts, in as few calls as CloudWatch allows, and does for each that fires what its event would
 * have done: EventBridge delivers alarm events at least once, but a rule can be disabled, and a target can fail (O2).
 */
export async function sweepAlarms(deps: AbortDeps & Pick<Deps, 'alarms'>, locks: readonly Lock[]): Promise<string[]> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  const records = await Promise.all(locks.map(async (lock) => (await rollouts.load(lock.rollout, lock.rolloutId)).record));
  const running = records.filter((record) => !endedPhases.includes(record.phase) && record.phase !== 'rollingBack');
  const names = [...new Set(running.flatMap(alarmsOf))];
  if (names.length === 0) return [];
  const states = new AlarmStates(deps.store);
  const aborted: string[] = [];
  for (const reading of await deps.alarms.read(names)) {
    await states.note(reading, deps.clock.now());
    if (reading.state !== 'alarm' || !running.some((record) => concerns(record, reading))) continue;
    const handled = await abortRolloutsOf(deps, reading, reading.sinceMs ?? deps.clock.now());
    aborted.push(...handled.aborted);
  }
  return aborted;
}

function alarmsOf(record: RolloutRecord): string[] {
  return rolloutSpec.parse(record.spec).analysis.alarms;
}

function concerns(record: RolloutRecord, reading: AlarmReading): boolean {
  return alarmsOf(record).includes(reading.name) && !isPassedOver(record, reading);
}
