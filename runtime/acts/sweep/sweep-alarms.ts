import { AlarmStates } from '../../../adapters/store/alarm-states.ts';
import { Rollouts } from '../../../adapters/store/rollouts.ts';
import type { Lock } from '../../../core/rollout/record.ts';
import { isTurnedByAlarm } from '../../../core/rollout/rollback-reason.ts';
import type { Deps } from '../../deps.ts';
import { abortRolloutsOf } from '../abort-for-alarm.ts';
import type { AbortDeps } from '../abort-rollout.ts';
import { alarmsOf } from '../passed-over.ts';
import { atMost } from './at-most.ts';
import { SweepTurn } from './sweep-turn.ts';

/** As many as a hundred calls ask for, 17 seconds at the pace that leaves CloudWatch's rate to others too. */
const mostAlarms = 10_000;
/** Requests to the store at a time. */
const storeRequests = 50;

/**
 * Reads the alarms of all running rollouts, in as few calls as CloudWatch allows, and does for each that fires what its event would
 * have done: EventBridge delivers alarm events at least once, but a rule can be disabled, and a target can fail (O2). A rollback that is
 * under way is left alone, unless it finishes a promotion (O3). Where CloudWatch has too many requests, the next run goes on from there.
 *
 * Alerts of Prometheus are not read here: RunAnalysis asks for them at each interval.
 */
export async function sweepAlarms(deps: AbortDeps & Pick<Deps, 'alarms'>, locks: readonly Lock[]): Promise<string[]> {
  const rollouts = new Rollouts(deps.store, deps.clock);
  const held = await atMost(storeRequests, locks, (lock) => rollouts.load(lock.rollout, lock.rolloutId));
  const running = held.filter(({ record }) => !rollouts.isEnded(record) && (record.phase !== 'rollingBack' || isTurnedByAlarm(record)));
  const names = [...new Set(running.flatMap(({ record }) => alarmsOf(record, 'alarms')))];
  if (names.length === 0) return [];
  const turn = new SweepTurn(deps.store, 'alarms');
  const asked = (await turn.order(names, (name) => name)).slice(0, mostAlarms);
  const readings = await deps.alarms.read(asked);
  const aborted: string[] = [];
  for (const reading of readings.filter(({ state }) => state === 'alarm')) {
    const handled = await abortRolloutsOf(deps, 'alarms', reading, running);
    aborted.push(...handled.aborted);
  }
  const states = new AlarmStates(deps.store);
  await atMost(storeRequests, readings, (reading) => states.note(reading, deps.clock.now()));
  const last = readings.findLast(({ state }) => state !== 'unavailable');
  if (last !== undefined && (asked.length < names.length || last !== readings.at(-1))) await turn.end(last.name);
  return aborted;
}
