import { isTurned, rollbackName } from './door.ts';
import type { Scene } from './effects.ts';
import { copy, isEnded, process, type RolloutNumber, recordOf, type State } from './state.ts';
import { tasks } from './tasks.ts';
import { type Add, conclude, remove, type Setting } from './turns.ts';

/** What happens by itself: pods become ready, alarms fire, images are pushed, the sweep comes round. */
export function surroundings(state: State, setting: Setting, add: Add) {
  const { canary, stable, lock, left, records } = state;
  if (canary.of !== 0 && canary.ready < canary.size) {
    const next = copy(state);
    next.canary.ready = canary.size;
    add('the canary becomes ready', next);
  }
  if (!stable.settled) {
    const next = copy(state);
    Object.assign(next.stable, { settled: true, ready: true });
    add('stable becomes ready', next);
  }
  if (setting.rollouts === 2 && state.executions[1] === 'none' && records[0].phase !== 'none') {
    const next = copy(state);
    next.processes.push(process('execution 2', { machine: 'rollout', task: 'Begin', rollout: 2, step: setting.steps === 1 ? 1 : 0 }));
    next.executions[1] = 'running';
    add('another image is pushed', next, true);
  }
  if (lock.holder === 0) return;
  const own = recordOf(state, lock.holder);
  const waiting = state.processes.some(({ rollout, task, at }) => rollout !== lock.holder && task === 'Begin' && at === 0);
  if (waiting && own.phase === 'failed') giveUpWaiting(state, lock.holder, add);
  if (isEnded(own)) return;
  const mayAlarm = left.alarms > 0 && (own.phase !== 'rollingBack' || isTurned(own));
  if (mayAlarm) {
    add('an alarm fires: its door raises the fence', open(state, setting, 'alarm', lock.holder), true);
    if (left.faults > 0) add('an alarm fires: its door raises the fence and dies', open(state, setting, 'alarm', lock.holder, true), true);
  }
  if (waiting && own.phase === 'progressing' && !state.processes.some(({ id }) => id === 'supersede')) {
    add('the new image supersedes: its door raises the fence', open(state, setting, 'supersede', lock.holder), true);
  }
  if (setting.on.sweep) sweep(state, setting, lock.holder, add);
}

function giveUpWaiting(state: State, holder: RolloutNumber, add: Add): void {
  const next = copy(state);
  next.processes = next.processes.filter(({ rollout, task }) => rollout === holder || task !== 'Begin');
  next.executions[holder === 1 ? 1 : 0] = 'ignored';
  add('the new image is refused: a person has to look first', next);
}

/** A door that has just done its first effect, or has died with that done. */
function open(state: State, setting: Setting, id: string, rollout: RolloutNumber, dies = false): State {
  const next = copy(state);
  const by = process(id, { machine: 'door', task: 'Abort', rollout, reason: id === 'alarm' ? 'against' : 'died' });
  next.processes.push(by);
  const scene: Scene = { state: next, by, on: setting.on, sameImage: setting.sameImage };
  const raised = tasks.Abort[0]?.act(scene) ?? 'ends';
  if (dies) remove(next, by);
  else conclude({ state: next, by, scene, setting }, raised);
  if (id === 'alarm') next.left.alarms -= 1;
  if (dies) next.left.faults -= 1;
  return next;
}

/** The sweep looks after the rollout that holds the service, if no other run of it is at that already. */
function sweep(state: State, setting: Setting, holder: RolloutNumber, add: Add) {
  if (state.processes.some(({ id, paused }) => id === 'sweep' && !paused)) return;
  const own = recordOf(state, holder);
  if (own.phase === 'rollingBack') {
    const id = rollbackName(own);
    const running = state.processes.find((each) => each.id === id);
    if (running !== undefined) return;
    const next = copy(state);
    next.processes.push(process('sweep', { machine: 'door', task: 'SweepRollback', rollout: holder, fence: own.fence }));
    return add('the sweep finds that the rollback machine does not run', next);
  }
  const execution = state.processes.find(
    ({ machine, rollout, id }) => machine === 'rollout' && rollout === holder && id.startsWith('execution'),
  );
  const stalled = execution !== undefined && (execution.paused || execution.hung);
  if (execution !== undefined && !(stalled && setting.on.lease)) return;
  const next = open(state, setting, 'sweep', holder);
  const dead = next.processes.find(({ id }) => id === execution?.id);
  if (dead !== undefined) {
    // The execution is stopped, and its Lambda may go on all the same.
    next.executions[holder - 1] = 'dead';
    if (dead.paused) Object.assign(dead, { id: `late ${dead.task} of ${dead.id}` });
    else if (setting.redrives) Object.assign(dead, { id: `stopped ${dead.id}`, hung: false });
    else remove(next, dead);
  }
  add(`the sweep finds ${stalled ? 'the lease over' : 'the execution dead'}, and raises the fence`, next);
}
