import type { Model } from './explore.ts';
import { movesOf } from './moves.ts';
import { broken } from './properties.ts';
import { describe, initialState, keyOf, recordOf, type State } from './state.ts';
import { everything } from './switches.ts';
import { isLate, isStopped, type Setting } from './turns.ts';

/** How much may happen in one story: everything that is possible within these bounds is explored. */
export interface Bounds extends Partial<Setting> {
  readonly faults: number;
  readonly alarms: number;
}

export function modelOf({
  faults,
  alarms,
  on = everything,
  rollouts = 1,
  sameImage = false,
  redrives = false,
  storeFails = false,
  steps = 2,
}: Bounds): Model<State> {
  const setting: Setting = { on, rollouts, sameImage, redrives, storeFails, steps };
  return {
    initial: initialState({ faults, alarms }, steps === 1 ? 1 : 0),
    moves: (state) => movesOf(state, setting),
    keyOf,
    broken,
    describe,
    isEnd,
  };
}

/** Everything on one ready side, nothing left of the canary, and the service free, or in people's hands. */
export function isEnd(state: State): boolean {
  const { route, stable, canary, lock, processes, leftToPeople } = state;
  const resting = processes.every((each) => isLate(each) || isStopped(each) || each.paused || each.hung);
  if (!resting || !stable.settled) return false;
  if (lock.holder !== 0) return recordOf(state, lock.holder).phase === 'failed' && route.weight !== 1;
  return route.weight === 0 && (canary.of === 0 || leftToPeople);
}
