import { noteWrite, type Outcome, type Scene, safeSide, wholeWeight, writeRoute } from './effects.ts';
import { process, recordOf, type State } from './state.ts';

/** Whether an alarm takes a rollback round that is finishing a promotion. */
export function isTurned({ phase, pastNoReturn, reason }: State['records'][0]): boolean {
  return phase === 'rollingBack' && pastNoReturn && reason === 'died';
}

/** The first thing that every door does: takes the rollout from whoever has it. */
export function raiseFence(scene: Scene): Outcome {
  const { state, by } = scene;
  const own = recordOf(scene.state, scene.by.rollout);
  if (state.lock.holder !== by.rollout) return 'ends';
  const turned = by.id.endsWith('alarm') && isTurned(own);
  if (own.phase !== 'rollingBack' || turned) {
    state.lock.fence += 1;
    Object.assign(own, {
      phase: 'rollingBack',
      fence: state.lock.fence,
      doorFence: state.lock.fence,
      reason: by.reason,
      attempt: 1,
      removing: false,
    });
    noteWrite(scene);
  }
  by.fence = own.fence;
  by.side = safeSide(scene, own.safeSide);
  return 'next';
}

/**
 * What a door writes to the route. A newer fence on it was left by a door without the store, which is gone beyond; or the rollback has gone on
 * without this one.
 */
export function writeSafeSplit(scene: Scene): Outcome {
  const { state, by, on } = scene;
  if (on.neverRaises && state.route.weight === 0 && state.stable.ready) by.side = 'stable';
  let written = writeRoute(scene, wholeWeight(by.side), 'door');
  if (written === 'fenced') {
    const own = recordOf(scene.state, scene.by.rollout);
    if (state.lock.holder !== by.rollout) return 'ends';
    if (own.fence > by.fence) {
      if (on.doorGivesWay) return 'ends';
      state.broken = `O3: ${by.id}, which is late, takes the rollout from the rollback that is at work`;
    }
    if (state.lock.fence <= state.route.fence) {
      state.lock.fence = state.route.fence + 1;
      own.fence = state.lock.fence;
      own.removing = false;
      noteWrite(scene);
    }
    by.fence = own.fence;
    by.hand = undefined;
    written = writeRoute(scene, wholeWeight(by.side), 'door');
  }
  if (written === 'next') state.rolledBack[by.rollout - 1] = true;
  return written;
}

/** Named by the door's fence and the attempt, so that many doors start one. */
export function rollbackName({ doorFence, attempt }: State['records'][0]): string {
  return `rollback ${doorFence}-${attempt}`;
}

/** Beside the write of the route: whoever starts it first changes nothing for the other. */
export function startRollback(scene: Scene): Outcome {
  const { state, by } = scene;
  const own = recordOf(scene.state, scene.by.rollout);
  const id = rollbackName(own);
  if (own.phase !== 'rollingBack' || state.ended.includes(id) || state.processes.some((each) => each.id === id)) return 'next';
  state.processes.push(process(id, { machine: 'rollback', task: 'RestoreTraffic', rollout: by.rollout, fence: own.fence }));
  return 'next';
}
