import { AlarmStates } from '../../adapters/store/alarm-states.ts';
import { type HeldRollout, Rollouts } from '../../adapters/store/rollouts.ts';
import { Specs } from '../../adapters/store/specs.ts';
import type { AlarmReading } from '../../core/ports.ts';
import { type AlarmStateChangeEvent, alarmReadingOf } from '../../core/spec/events.ts';
import { type AbortDeps, abortRollout } from './abort-rollout.ts';
import { alarmsOf, isPassedOver } from './passed-over.ts';

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
    reading.state === 'alarm' ? abortIndexed(deps, { ...reading, sinceMs: atMs }, atMs) : { outcome: 'noted' as const, aborted: [] },
  ]);
  if (handled.status === 'rejected') throw handled.reason;
  if (noted.status === 'rejected') throw noted.reason;
  return handled.value;
}

/**
 * Who is concerned is looked up by the newest specs, in one query: users wait for it. A rollout that began with a spec which named an alarm
 * that the newest does not is found by its own next analysis, and by the sweep.
 */
async function abortIndexed(deps: AbortDeps, alarm: AlarmReading, sinceMs: number): Promise<AlarmHandled> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  const names = await new Specs(deps.store).namesForAlarm(alarm.name);
  const found = await Promise.all(
    names.map(async (name): Promise<HeldRollout[]> => {
      const lock = await rollouts.readLock(name);
      if (lock === undefined || lock.rolloutId === '') return [];
      const held = await rollouts.load(name, lock.rolloutId);
      return sinceMs < held.record.startedAtMs ? [] : [held];
    }),
  );
  return abortRolloutsOf(deps, alarm, found.flat());
}

/**
 * Aborts those of the rollouts that the alarm speaks of: it is named by the spec that the rollout began with, whatever the newest one says,
 * and it is not one that this rollout passes over. The sweep calls it with all rollouts that run, for an alarm whose event was lost.
 */
export async function abortRolloutsOf(deps: AbortDeps, alarm: AlarmReading, among: readonly HeldRollout[]): Promise<AlarmHandled> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  const concerned = among.filter(
    ({ record }) => !rollouts.isEnded(record) && alarmsOf(record).includes(alarm.name) && !isPassedOver(record, alarm),
  );
  const aborted = await Promise.all(
    concerned.map(async (known): Promise<string | undefined> => {
      const { rollout, rolloutId } = known.record;
      const result = await abortRollout(deps, {
        rollout,
        rolloutId,
        reason: 'alarm',
        why: `${alarm.name} is in alarm${alarm.reason === '' ? '.' : `: ${alarm.reason}`}`,
        actor: { kind: 'alarm', id: alarm.name },
        known,
      });
      return result.outcome === 'rollbackStarted' ? rolloutId : undefined;
    }),
  );
  const ids = aborted.filter((id) => id !== undefined);
  return { outcome: ids.length > 0 ? 'rollbackStarted' : 'noted', aborted: ids };
}
