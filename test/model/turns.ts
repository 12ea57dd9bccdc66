import type { Outcome, Scene } from './effects.ts';
import { afterRollbackError, type Task } from './machines.ts';
import { type Process, recordOf, type State } from './state.ts';
import type { Switches } from './switches.ts';
import { effectOf } from './tasks.ts';

export interface Setting {
  readonly on: Switches;
  /** 2: another image is pushed at any time. */
  readonly rollouts: 1 | 2;
  /** 1: straight to full weight. 2: half of the traffic before. */
  readonly steps: 1 | 2;
  /** Both pushes are of the same image. */
  readonly sameImage: boolean;
  /** Executions that were stopped are started again where they were, and those that stall go on. */
  readonly redrives: boolean;
  /** The store may not answer when an execution comes to the door. */
  readonly storeFails: boolean;
}

/** A move in the making: a state of its own, and the process in it that acts. */
export interface Draft {
  readonly state: State;
  readonly by: Process;
  readonly scene: Scene;
  readonly setting: Setting;
}

export type DraftOf = (index: number) => Draft;

export type Add = (what: string, to: State, chance?: boolean) => void;
export const isLate = ({ id }: Process) => id.startsWith('late');
export const isStopped = ({ id }: Process) => id.startsWith('stopped');

/** What follows from an effect for whoever made it. */
export function conclude(draft: Draft, outcome: Outcome) {
  const { by, state } = draft;
  by.paused = false;
  by.fresh = true;
  by.hand = undefined;
  switch (outcome) {
    case 'next':
      by.at += 1;
      if (effectOf(by) === undefined) finishTask(draft);
      return goOn(draft);
    case 'again':
      if (isLate(by)) remove(state, by);
      else by.at = 0;
      return;
    case 'ends':
      return leave(draft);
    case 'fenced':
    case 'rejected':
    case 'waits':
      return fail(draft, outcome === 'fenced' ? 'against' : 'died');
  }
}

export function enter(by: Process, task: Task, outcome: Process['outcome'] = by.outcome === 'restore' ? '' : by.outcome): void {
  Object.assign(by, { task, at: 0, outcome, hand: undefined, paused: false, fresh: true, goal: -1, side: 'stable' });
}

/** What nobody else can see is no move of its own: a wait that is over, the start of a machine. */
export function goOn(draft: Draft): void {
  const { by, scene } = draft;
  const effect = effectOf(by);
  if (!scene.state.processes.includes(by) || (effect?.on !== 'nothing' && effect?.on !== 'executions')) return;
  if (by.task === 'VerifyTraffic' || effect.act(scene) !== 'next') return;
  by.at += 1;
  if (effectOf(by) === undefined) finishTask(draft);
  goOn(draft);
}

export function finishTask(draft: Draft) {
  const { by, state } = draft;
  if (isLate(by)) return remove(state, by);
  const next = nextTask(draft);
  if (next === undefined) return leave(draft);
  enter(by, next);
}

export function nextTask({ by, state, setting }: Draft): Task | undefined {
  if (by.machine === 'rollout' && setting.storeFails) by.payloadSide = recordOf(state, by.rollout).safeSide;
  switch (by.task) {
    case 'Begin':
      return 'DeployCanary';
    case 'DeployCanary':
      return 'AwaitReady';
    case 'AwaitReady':
      return 'SetWeight';
    // VerifyWeight and RunAnalysis come between: they change nothing here.
    case 'SetWeight':
      return 'Decide';
    case 'PromoteStable':
    case 'RestoreStable':
      return 'AwaitStable';
    case 'AwaitStable':
      return 'ReturnTraffic';
    case 'ReturnTraffic':
      return 'RemoveCanary';
    case 'RemoveCanary':
      return by.machine === 'rollout' ? 'Finish' : 'FinishRollback';
    case 'RestoreTraffic':
      return 'VerifyTraffic';
    case 'VerifyTraffic':
      return by.outcome === 'held' ? 'RestoreStable' : 'RemoveCanary';
    default:
      return undefined;
  }
}

/** The Task ends in an error: a late Lambda tells nobody, an execution goes where its machine says. */
export function fail(draft: Draft, reason: 'against' | 'died') {
  const { by, state } = draft;
  if (isLate(by) || by.machine === 'door') return remove(state, by);
  if (by.machine === 'rollout') {
    if (by.task === 'Abort') return leave(draft);
    enter(by, 'Abort');
    Object.assign(by, { reason, step: 0, outcome: '' });
    return;
  }
  const next = afterRollbackError(by.task);
  if (next === undefined) return leave(draft);
  if (by.task === 'RemoveCanary') state.leftToPeople = true;
  enter(by, next);
}

/** The execution, or the Lambda that nobody waits for, is at its end. */
export function leave({ by, state, scene }: Draft) {
  remove(state, by);
  if (isLate(by)) return;
  if (by.machine === 'rollback') state.ended = [...state.ended, by.id].sort();
  if (by.machine !== 'rollout') return;
  const own = recordOf(state, by.rollout);
  const endedWell = own.phase === 'succeeded' && own.fence === by.fence;
  if (by.task === 'Begin') state.executions[by.rollout - 1] = 'ignored';
  else if (by.task === 'Abort' && endedWell && !scene.on.endIsRemembered) {
    state.broken = `${by.id} ends as taken over, though its own rollout has succeeded`;
  } else state.executions[by.rollout - 1] = endedWell ? 'succeeded' : 'dead';
}

export function remove(state: State, by: Process): void {
  state.processes = state.processes.filter((each) => each !== by);
}
