import { writeWithoutStore } from './effects.ts';
import type { Process, State } from './state.ts';
import { effectOf } from './tasks.ts';
import { type Add, type Draft, type DraftOf, fail, isLate, remove } from './turns.ts';

/** What may befall a process: it dies, is paused in front of a write, is stopped. */
export function harm(state: State, before: Process, index: number, draftOf: DraftOf, add: Add, storeFails: boolean) {
  if (before.paused) return abandon(state, before, index, draftOf, add);
  if (isLate(before) || state.left.faults === 0) return;
  const faulty = (): Draft => {
    const draft = draftOf(index);
    draft.state.left.faults -= 1;
    return draft;
  };
  const effect = effectOf(before);
  if (effect !== undefined && effect.on !== 'nothing' && effect.on !== 'executions') {
    const draft = faulty();
    const hand = effect.look?.(draft.scene);
    if (hand !== 'fenced') {
      Object.assign(draft.by, { paused: true, hand });
      add(`${before.id} is paused in ${before.task} as it ${effect.name}`, draft.state, true);
    }
  }
  if (before.machine !== 'rollout' || before.task === 'Abort' || before.at > 0) {
    const draft = faulty();
    if (before.machine === 'door') remove(draft.state, draft.by);
    else draft.by.at = 0;
    if (before.machine === 'door' || before.at > 0)
      add(`${before.id} dies in ${before.task}${before.machine === 'door' ? '' : ', and is called again'}`, draft.state, true);
  }
  if (before.machine === 'rollout' && before.task !== 'Abort') {
    const draft = faulty();
    fail(draft, 'died');
    add(`${before.id} dies in ${before.task}`, draft.state, true);
  }
  if (before.machine === 'rollback' && before.task === 'RemoveCanary') {
    const draft = faulty();
    fail(draft, 'died');
    add(`${before.id} gives up in ${before.task}`, draft.state, true);
  }
  if (before.machine !== 'door') {
    const draft = faulty();
    stop(draft);
    add(`${before.id} is stopped in ${before.task}`, draft.state, true);
  }
  if (before.machine === 'rollout' && before.at === 0) {
    const draft = faulty();
    draft.by.hung = true;
    add(`${before.id} stalls before ${before.task}`, draft.state, true);
  }
  if (storeFails && before.task === 'Abort' && before.machine === 'rollout' && before.at === 0 && before.fence > 0) {
    const draft = faulty();
    writeWithoutStore(draft.scene);
    add(`${before.id} writes the safe split without the store`, draft.state, true);
  }
}

/** Somebody stops the execution, and may start it again where it was. */
function stop({ by, state, setting }: Draft): void {
  if (by.machine === 'rollback') {
    remove(state, by);
    state.ended = [...state.ended, by.id].sort();
    return;
  }
  remove(state, by);
  state.executions[by.rollout - 1] = 'dead';
  if (setting.redrives) state.processes.push({ ...by, id: `stopped ${by.id}`, at: 0, paused: false, hand: undefined, fresh: true });
}

export function redrive({ state, by }: Draft, add: Add): void {
  remove(state, by);
  const id = by.id.replace('stopped ', '');
  state.processes.push({ ...by, id });
  state.executions[by.rollout - 1] = 'running';
  add(`${id} is redriven`, state, true);
}

/** The state machine goes on after all. */
export function comeBack({ state, by }: Draft, add: Add): void {
  by.hung = false;
  add(`${by.id} goes on after all`, state, true);
}

/** Nobody waits any longer for a Lambda that is paused; it may go on all the same. */
function abandon(state: State, before: Process, index: number, draftOf: DraftOf, add: Add) {
  if (before.machine === 'door' || isLate(before)) return;
  const release = (): Draft => {
    const draft = draftOf(index);
    draft.state.processes.push({ ...draft.by, id: `late ${before.task} of ${before.id}` });
    return draft;
  };
  const again = release();
  Object.assign(again.by, { at: 0, paused: false, hand: undefined, fresh: true });
  // The rollout machine tries a Task again that failed for a passing reason; of one that timed out it knows nothing, and gives way.
  if (before.machine === 'rollout' && before.task !== 'Abort') add(`${before.id} is called again in ${before.task}`, again.state, true);
  else add(`${before.id} is called again in ${before.task}`, again.state);
  if (before.machine === 'rollout' && before.task !== 'Abort') {
    const gone = release();
    fail(gone, 'died');
    add(`${before.id} times out in ${before.task}`, gone.state);
  }
  if (before.machine === 'rollback' && before.task === 'RemoveCanary') {
    const gone = release();
    fail(gone, 'died');
    add(`${before.id} gives up in RemoveCanary`, gone.state, true);
  }
  if (state.left.faults > 0) {
    const stopped = release();
    stopped.state.left.faults -= 1;
    stop(stopped);
    add(`${before.id} is stopped`, stopped.state, true);
  }
}
