import { AlarmStates } from '../../adapters/store/alarm-states.ts';
import { type HeldRollout, Rollouts } from '../../adapters/store/rollouts.ts';
import { SpecIndex } from '../../adapters/store/spec-index.ts';
import type { AlarmReading } from '../../core/metric-ports.ts';
import { type AbortDeps, abortRollout } from './abort-rollout.ts';
import { type AlarmKind, alarmsOf, isPassedOver } from './passed-over.ts';

export interface AlarmHandled {
  readonly outcome: 'noted' | 'rollbackStarted';
  /** The rollouts that were aborted. */
  readonly aborted: readonly string[];
}

/**
 * A CloudWatch alarm has changed its state: the state is noted for all rollouts that name it, and if it is ALARM, those that run are
 * aborted. It is told in two ways, by an event and by the alarm's action, each at least once and in no promised order; whatever comes
 * second finds the note made and the fence raised.
 */
export async function abortForAlarm(deps: AbortDeps, reading: AlarmReading): Promise<AlarmHandled> {
  const atMs = reading.sinceMs ?? deps.clock.now();
  const names = () => new SpecIndex(deps.store).namesForAlarm(reading.name);
  return noteAndAbort(
    () => new AlarmStates(deps.store).note(reading, atMs),
    async () => (reading.state === 'alarm' ? abortNamed(deps, 'alarms', { ...reading, sinceMs: atMs }, atMs, await names()) : nothing),
  );
}

const nothing: AlarmHandled = { outcome: 'noted', aborted: [] };

/** The note and the abort go side by side, because traffic need not wait for a note. Both have ended when it returns. */
export async function noteAndAbort(note: () => Promise<void>, abort: () => Promise<AlarmHandled>): Promise<AlarmHandled> {
  const [noted, handled] = await Promise.allSettled([note(), abort()]);
  if (handled.status === 'rejected') throw handled.reason;
  if (noted.status === 'rejected') throw noted.reason;
  return handled.value;
}

/**
 * Aborts what runs under these names, which are looked up by the newest specs, in one query: users wait for it. A rollout that began with
 * a spec which named an alarm that the newest does not is found by its own next analysis, and by the sweep.
 *
 * @param untilMs When it was in alarm, at the latest. What was told of a time before the rollout says nothing about it.
 */
export async function abortNamed(
  deps: AbortDeps,
  kind: AlarmKind,
  alarm: AlarmReading,
  untilMs: number,
  names: readonly string[],
): Promise<AlarmHandled> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  const found = await Promise.all(
    names.map(async (name): Promise<HeldRollout[]> => {
      const lock = await rollouts.readLock(name);
      if (lock === undefined || lock.rolloutId === '') return [];
      const held = await rollouts.load(name, lock.rolloutId);
      return untilMs < held.record.startedAtMs ? [] : [held];
    }),
  );
  return abortRolloutsOf(deps, kind, alarm, found.flat());
}

/**
 * Aborts those of the rollouts that the alarm speaks of: it is named by the spec that the rollout began with, whatever the newest one says,
 * and it is not one that this rollout passes over. The sweep calls it with all rollouts that run, for an alarm whose event was lost.
 */
export async function abortRolloutsOf(
  deps: AbortDeps,
  kind: AlarmKind,
  alarm: AlarmReading,
  among: readonly HeldRollout[],
): Promise<AlarmHandled> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  const concerned = among.filter(
    ({ record }) => !rollouts.isEnded(record) && alarmsOf(record, kind).includes(alarm.name) && !isPassedOver(record, kind, alarm),
  );
  const aborted = await Promise.all(
    concerned.map(async (known): Promise<string | undefined> => {
      const { rollout, rolloutId } = known.record;
      const result = await abortRollout(deps, {
        rollout,
        rolloutId,
        reason: 'alarm',
        why: `${alarm.name} is ${kind === 'alarms' ? 'in alarm' : 'firing'}${alarm.reason === '' ? '.' : `: ${alarm.reason}`}`,
        actor: { kind: 'alarm', id: alarm.name },
        alarmSinceMs: alarm.sinceMs,
        known,
      });
      return result.outcome === 'rollbackStarted' ? rolloutId : undefined;
    }),
  );
  const ids = aborted.filter((id) => id !== undefined);
  return { outcome: ids.length > 0 ? 'rollbackStarted' : 'noted', aborted: ids };
}
