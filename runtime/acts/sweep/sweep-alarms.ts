import { AlarmStates } from '../../../adapters/store/alarm-states.ts';
import { Rollouts } from '../../../adapters/store/rollouts.ts';
import type { Lock } from '../../../core/rollout/record.ts';
import { isTurnedByAlarm } from '../../../core/rollout/rollback-reason.ts';
import type { Deps } from '../../deps.ts';
import { abortRolloutsOf } from '../abort-for-alarm.ts';
import type { AbortDeps } from '../abort-rollout.ts';
import { alarmsOf } from '../passed-over.ts';

/**
 * Reads the alarms of all running rollouts, in as few calls as CloudWatch allows, and does for each that fires what its event would
 * have done: EventBridge delivers alarm events at least once, but a rule can be disabled, and a target can fail (O2). A rollback that is
 * under way is left alone, unless it finishes a promotion (O3).
 */
export async function sweepAlarms(deps: AbortDeps & Pick<Deps, 'alarms'>, locks: readonly Lock[]): Promise<string[]> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  const held = await Promise.all(locks.map((lock) => rollouts.load(lock.rollout, lock.rolloutId)));
  const running = held.filter(({ record }) => !rollouts.isEnded(record) && (record.phase !== 'rollingBack' || isTurnedByAlarm(record)));
  const names = [...new Set(running.flatMap(({ record }) => alarmsOf(record)))];
  if (names.length === 0) return [];
  const states = new AlarmStates(deps.store);
  const aborted: string[] = [];
  for (const reading of await deps.alarms.read(names)) {
    await states.note(reading, deps.clock.now());
    if (reading.state !== 'alarm') continue;
    const handled = await abortRolloutsOf(deps, reading, running);
    aborted.push(...handled.aborted);
  }
  return aborted;
}
