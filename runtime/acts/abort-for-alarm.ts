import { AlarmStates } from '../../adapters/store/alarm-states.ts';
import { Rollouts } from '../../adapters/store/rollouts.ts';
import { Specs } from '../../adapters/store/specs.ts';
import type { AlarmReading } from '../../core/ports.ts';
import { type AlarmStateChangeEvent, alarmReadingOf } from '../../core/spec/events.ts';
import { type AbortDeps, abortRollout } from './abort-rollout.ts';

export interface AlarmHandled {
  readonly outcome: 'noted' | 'rollbackStarted';
  /** The rollouts that were aborted. */
  readonly aborted: readonly string[];
}

/**
 * An alarm has changed its state: the state is noted for all rollouts that name it, and if it is ALARM, those that run are aborted. An
 * event that is older than the rollout says nothing about it. EventBridge delivers at least once, and out of order.
 *
 * The note and the abort go side by side, because traffic need not wait for a note. Both have ended when it returns.
 */
export async function abortForAlarm(deps: AbortDeps, event: AlarmStateChangeEvent): Promise<AlarmHandled> {
  const reading = alarmReadingOf(event);
  const atMs = reading.sinceMs ?? deps.clock.now();
  const [noted, handled] = await Promise.allSettled([
    new AlarmStates(deps.store).note(reading, atMs),
    reading.state === 'alarm' ? abortRolloutsOf(deps, reading, atMs) : { outcome: 'noted' as const, aborted: [] },
  ]);
  if (handled.status === 'rejected') throw handled.reason;
  if (noted.status === 'rejected') throw noted.reason;
  return handled.value;
}

/** Aborts every running rollout whose spec names the alarm. The sweep calls it for an alarm whose event was lost. */
export async function abortRolloutsOf(deps: AbortDeps, alarm: AlarmReading, sinceMs: number): Promise<AlarmHandled> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  const names = await new Specs(deps.store).namesForAlarm(alarm.name);
  const aborted = await Promise.all(
    names.map(async (name): Promise<string | undefined> => {
      const lock = await rollouts.readLock(name);
      if (lock === undefined || lock.rolloutId === '') return undefined;
      const known = await rollouts.load(name, lock.rolloutId);
      const { record } = known;
      if (rollouts.isEnded(record) || sinceMs < record.startedAtMs) return undefined;
      const result = await abortRollout(deps, {
        rollout: name,
        rolloutId: record.rolloutId,
        reason: 'alarm',
        why: `${alarm.name} is in alarm${alarm.reason === '' ? '.' : `: ${alarm.reason}`}`,
        actor: { kind: 'alarm', id: alarm.name },
        known,
      });
      return result.outcome === 'rollbackStarted' ? record.rolloutId : undefined;
    }),
  );
  const ids = aborted.filter((id) => id !== undefined);
  return { outcome: ids.length > 0 ? 'rollbackStarted' : 'noted', aborted: ids };
}
