import { abortablePayload, rolloutPayload } from '../../../core/rollout/payload.ts';
import { caughtInput } from '../../../runtime/acts/abort-execution.ts';
import { rollbackName } from '../door.ts';
import { type Scene, writeWithoutStore } from '../effects.ts';
import type { Task } from '../machines.ts';
import { copy, type Process, process, type RolloutNumber, recordOf, type State } from '../state.ts';
import type { Switches } from '../switches.ts';
import { type Effect, type Place, tasks } from '../tasks.ts';
import { type Abstraction, shared } from './abstraction.ts';

/** One call of a Lambda. */
export interface Call {
  readonly name: string;
  readonly input: unknown;
  /** The Tasks of the model that it has acted as. */
  readonly acting: Acting[];
  /** The cluster said that it had written what it had not. */
  deceived: boolean;
}

interface Acting {
  readonly task: Task;
  readonly rollout: RolloutNumber;
  by: Process;
  readonly done: Set<number>;
}

/** As which Tasks of the model a Lambda may act: those of the machines as their own, doors as `Abort`. */
const doors: Readonly<Record<string, readonly Task[]>> = {
  Begin: ['Begin', 'Abort'],
  Abort: ['Abort'],
  Operate: ['Abort'],
  ReceiveAlerts: ['Abort'],
  Sweep: ['Abort', 'SweepRollback'],
};

function tasksOf(name: string): readonly Task[] {
  return doors[name] ?? (name in tasks ? [name as Task] : []);
}

/**
 * Follows the effects of real handlers in the model: each must be one that the model's Task can make now, in the Task's order, and lead to the
 * same state; and a call that ends well has left none out.
 */
export class Follower {
  readonly deviations: string[] = [];
  /** Effects that were followed, by Task and name. */
  readonly seen = new Map<string, number>();
  readonly #on: Switches;
  readonly #real: Pick<Abstraction, 'numberOf' | 'isFull'>;

  constructor(on: Switches, real: Pick<Abstraction, 'numberOf' | 'isFull'>) {
    this.#on = on;
    this.#real = real;
  }

  begin(name: string, input: unknown): Call {
    const call: Call = { name, input, acting: [], deceived: false };
    const payload = rolloutPayload.safeParse(input);
    if (payload.success && !(name in doors)) {
      for (const task of tasksOf(name)) call.acting.push(this.#acting(call, task, this.#real.numberOf(payload.data.rolloutId)));
    }
    return call;
  }

  /** An effect that changed what the model knows. Returns the model's state after it, with what only the model keeps. */
  follow(call: Call, place: Place, before: State, after: State): State | undefined {
    for (const task of tasksOf(call.name)) {
      for (const rollout of [1, 2] as const) {
        const known = call.acting.find((each) => each.task === task && each.rollout === rollout);
        const acting = known ?? this.#acting(call, task, rollout);
        const next = this.#step(acting, place, before, after);
        if (next === undefined) continue;
        if (known === undefined) call.acting.push(acting);
        return next;
      }
    }
    const forced = this.#forced(call, place, before, after);
    if (forced !== undefined) return forced;
    this.deviations.push(`${call.name} changes the ${place}, as the model would not: ${difference(before, after)}`);
    return undefined;
  }

  /**
   * Where the store does not answer, a door writes one above what the route carries; and whoever finds such a fence on the route later takes
   * the rollout beyond it. The model has both in one effect with the write of the route.
   */
  #forced(call: Call, place: Place, before: State, after: State): State | undefined {
    const { lock, route } = before;
    if (place === 'store' && lock.holder !== 0 && ['Abort', 'RestoreTraffic', 'Sweep'].includes(call.name)) {
      const state = copy(before);
      state.lock.fence = route.fence + 1;
      recordOf(state, lock.holder).fence = state.lock.fence;
      if (shared(state) !== shared(after)) return undefined;
      for (const { by } of call.acting) by.fence = state.lock.fence;
      this.#count('Abort', 'goes beyond the fence on the route');
      return state;
    }
    const caught = caughtInput.safeParse(call.input);
    const payload = abortablePayload.safeParse(caught.success ? caught.data.payload : undefined);
    if (place !== 'route' || call.name !== 'Abort' || !payload.success) return undefined;
    const { rolloutId, fence, door } = payload.data;
    const state = copy(before);
    const by = process(call.name, {
      machine: 'rollout',
      task: 'Abort',
      rollout: this.#real.numberOf(rolloutId),
      fence,
      payloadSide: door.safeSide,
    });
    writeWithoutStore({ state, by, on: this.#on, sameImage: false });
    if (shared(state) !== shared(after)) return undefined;
    this.#count('Abort', 'writes the safe split without the store');
    return state;
  }

  started(call: Call, name: string, state: State): void {
    const own = state.lock.holder === 0 ? undefined : recordOf(state, state.lock.holder);
    const expected = own === undefined ? 'none' : rollbackName(own).replace('rollback ', '');
    if (!name.endsWith(`-${expected}`)) this.deviations.push(`${call.name} starts the rollback ${name}, and the model ${expected}`);
    for (const { task, done } of call.acting) {
      const at = tasks[task].findIndex(({ on }) => on === 'executions');
      if (at >= 0) done.add(at);
    }
    this.#count('Abort', 'starts the rollback machine');
  }

  /** The call has ended well. */
  end(call: Call, state: State): void {
    if (call.deceived) return;
    for (const acting of call.acting) {
      const { leftOut } = this.#upTo(acting, tasks[acting.task].length, state);
      if (leftOut !== undefined) this.deviations.push(`${call.name} has ended, and left out what the model does: it ${leftOut.name}`);
    }
  }

  #step(acting: Acting, place: Place, before: State, after: State): State | undefined {
    for (const [at, effect] of tasks[acting.task].entries()) {
      if (effect.on !== place) continue;
      const { leftOut, by } = this.#upTo(acting, at, before);
      if (leftOut !== undefined) continue;
      const tried = this.#try({ ...acting, by }, effect, before, after);
      if (tried === undefined || shared(tried.state) !== shared(after)) continue;
      if (tried.state.broken !== undefined) this.deviations.push(tried.state.broken);
      acting.by = tried.by;
      acting.done.add(at);
      this.#count(acting.task, effect.name);
      return tried.state;
    }
    return undefined;
  }

  /** Goes through the effects before `until` that were not seen: none may be among them that would change something. */
  #upTo(acting: Acting, until: number, state: State): { readonly leftOut: Effect | undefined; readonly by: Process } {
    const { task, rollout, done } = acting;
    let { by } = acting;
    for (const [at, effect] of tasks[task].slice(0, until).entries()) {
      if (done.has(at) || effect.on === 'nothing') continue;
      if (effect.on === 'executions') {
        // Beside the write of the route, in whatever order.
        const isDue = until === tasks[task].length && done.size > 0 && recordOf(state, rollout).phase === 'rollingBack';
        if (isDue) return { leftOut: effect, by };
        continue;
      }
      const tried = this.#try({ ...acting, by }, effect, state, state);
      if (tried === undefined) return { leftOut: undefined, by };
      if (shared(tried.state) !== shared(state)) return { leftOut: effect, by };
      by = tried.by;
    }
    return { leftOut: undefined, by };
  }

  #try({ by: acting, task, rollout }: Acting, effect: Effect, before: State, after: State): Scene | undefined {
    const state = copy(before);
    const by = { ...acting };
    if (task === 'Abort' && effect.on === 'store') {
      by.reason = recordOf(after, rollout).reason;
      // Only an alarm turns a rollback that is under way.
      by.id = 'alarm';
    }
    const scene: Scene = { state, by, on: this.#on, sameImage: false };
    return effect.act(scene) === 'next' ? scene : undefined;
  }

  #acting(call: Call, task: Task, rollout: RolloutNumber): Acting {
    const payload = rolloutPayload.safeParse(call.input);
    const own = payload.success && this.#real.numberOf(payload.data.rolloutId) === rollout ? payload.data : undefined;
    const by = process(call.name, {
      machine: task === 'Abort' ? 'door' : 'rollout',
      task,
      rollout,
      fence: own?.fence ?? 0,
      step: own !== undefined && this.#real.isFull(rollout, own.stepIndex) ? 1 : 0,
    });
    return { task, rollout, by, done: new Set() };
  }

  #count(task: Task, name: string): void {
    const effect = `${task} ${name}`;
    this.seen.set(effect, (this.seen.get(effect) ?? 0) + 1);
  }
}

function difference(before: State, after: State): string {
  const [was, is] = [JSON.parse(shared(before)), JSON.parse(shared(after))] as Record<string, unknown>[];
  return Object.keys(is ?? {})
    .filter((part) => JSON.stringify(was?.[part]) !== JSON.stringify(is?.[part]))
    .map((part) => `${part} ${JSON.stringify(was?.[part])} -> ${JSON.stringify(is?.[part])}`)
    .join('; ');
}
