import type { Outcome } from './effects.ts';
import type { Move } from './explore.ts';
import { comeBack, harm, redrive } from './faults.ts';
import { copy, type Process, recordOf, type State } from './state.ts';
import { surroundings } from './surroundings.ts';
import { effectOf, goalOf, tasks } from './tasks.ts';
import { type Add, conclude, type Draft, type DraftOf, enter, fail, isLate, isStopped, type Setting } from './turns.ts';

export function movesOf(state: State, setting: Setting): Move<State>[] {
  const moves: Move<State>[] = [];
  const add = (what: string, to: State, chance = false) => moves.push({ what, to, chance });
  const draft = (index: number): Draft => {
    const next = copy(state);
    const by = next.processes[index] as Process;
    return { state: next, by, scene: { state: next, by, on: setting.on, sameImage: setting.sameImage }, setting };
  };
  state.processes.forEach((by, index) => {
    if (isStopped(by)) redrive(draft(index), add);
    else if (by.hung && setting.redrives) comeBack(draft(index), add);
    else if (by.hung) return;
    else {
      step(state, by, index, draft, add);
      harm(state, by, index, draft, add, setting.storeFails);
    }
  });
  surroundings(state, setting, add);
  return moves;
}

/** The process makes its next effect. */
function step(state: State, before: Process, index: number, draftOf: DraftOf, add: Add) {
  if (before.task === 'Decide' && before.at === 0) return decide(state, before, index, draftOf, add);
  const effect = effectOf(before);
  if (effect === undefined) return;
  const draft = draftOf(index);
  const wasPaused = before.paused;
  const outcome = effect.act(draft.scene);
  const chance = wasPaused || isLate(before);
  if (outcome === 'waits') {
    if (chance) return;
    return waitInVain(state, before, index, draftOf, add);
  }
  conclude(draft, outcome);
  add(`${before.id}${wasPaused ? ', paused until now,' : ''} ${effect.name}${toldOutcome(outcome)}`, draft.state, chance);
}

function toldOutcome(outcome: Outcome): string {
  switch (outcome) {
    case 'fenced':
      return ': it has lost the rollout';
    case 'rejected':
      return ': it cannot';
    case 'again':
      return ': somebody was quicker';
    default:
      return '';
  }
}

/** A wait has a deadline, which may be reached at any time, and surely is where nothing will come. */
function waitInVain(state: State, before: Process, index: number, draftOf: DraftOf, add: Add): void {
  if (before.task === 'Begin') return;
  const scene = draftOf(index).scene;
  const hopeless =
    before.task === 'AwaitReady'
      ? state.canary.of !== before.rollout || state.canary.size <= before.step
      : state.stable.image !== goalOf(scene);
  if (!hopeless && state.left.faults === 0) return;
  const draft = draftOf(index);
  if (!hopeless) draft.state.left.faults -= 1;
  fail(draft, 'died');
  add(`${before.id} waits in vain in ${before.task}`, draft.state, !hopeless);
}

function decide(state: State, before: Process, index: number, draftOf: DraftOf, add: Add): void {
  const own = recordOf(state, before.rollout);
  const drifted = state.route.weight !== own.weight || state.route.fence !== own.fence;
  const choices = drifted ? (['restore', 'abort'] as const) : (['pass', 'abort'] as const);
  for (const choice of choices) {
    const draft = draftOf(index);
    const saved = tasks.Decide[0]?.act(draft.scene) ?? 'next';
    if (saved !== 'next' || isLate(before)) {
      conclude(draft, saved);
      add(`${before.id} decides${toldOutcome(saved)}`, draft.state, isLate(before) || before.paused);
      return;
    }
    if (choice === 'abort') fail(draft, 'against');
    else if (choice === 'restore') enter(draft.by, 'SetWeight', 'restore');
    else if (draft.by.step === 0) {
      enter(draft.by, 'AwaitReady');
      draft.by.step = 1;
    } else enter(draft.by, 'PromoteStable');
    add(`${before.id} decides: ${choice}`, draft.state, before.paused || choice === 'abort');
  }
}
