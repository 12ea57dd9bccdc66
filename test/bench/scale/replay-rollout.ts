import type { Account } from './account.ts';
import type { EventQueue } from './event-queue.ts';
import { invokeMs } from './latencies.ts';
import { stepBegins } from './lateness.ts';
import { replayInvocation } from './replay-invocation.ts';
import { taskRetry } from './retries.ts';
import type { Part, Template } from './template.ts';

export interface RolloutReplayOptions {
  readonly template: Template;
  /** Called once, when its first Task runs: what the rollout does from then on. */
  readonly begin: () => Template;
  readonly queue: EventQueue;
  readonly account: Account;
  readonly random: () => number;
  /** When the sweep has read the alarms of a rollout whose Begin could not. */
  readonly sweptAtMs: () => number;
  readonly onLook: (step: number, begins: boolean) => void;
  readonly onEnd: (end: string) => void;
}

type Refusal = 'Lambda.TooManyRequestsException' | 'StoreUnavailableError';

const usual = taskRetry('RunAnalysis', 'StoreUnavailableError');
/** For room in Lambda Begin waits longer than those that hold a service. */
const forRoom = taskRetry('RunAnalysis', 'Lambda.TooManyRequestsException');
const forRoomToBegin = taskRetry('Begin', 'Lambda.TooManyRequestsException');

/** How often a Task was tried again, by each entry of its Retry. */
interface Tries {
  readonly room: number;
  readonly usual: number;
}

/**
 * One rollout, state by state as it was recorded. A Task that fails is tried again as the machine does, from its start. A rollout that begins
 * without knowing its alarms is held at its first step until the sweep has read them: a look before that passes nothing.
 */
export class RolloutReplay {
  readonly #options: RolloutReplayOptions;
  #template: Template;
  #begun = false;
  #step = -1;
  #bakeAt = 0;
  #alarmsKnownAtMs = 0;
  #passed = true;

  constructor(options: RolloutReplayOptions) {
    this.#options = options;
    this.#template = options.template;
  }

  /** Goes on from a state to the end. */
  enter(at: number): void {
    const { queue, account, onEnd } = this.#options;
    const part = this.#template[at];
    if (part === undefined) {
      onEnd('Succeeded');
      return;
    }
    const delayMs = account.enterState(queue.now());
    if (part.kind === 'task') queue.after(delayMs + invokeMs, () => this.#invoke(at, part, { room: 0, usual: 0 }));
    else queue.after(delayMs + (part.kind === 'wait' ? part.waitMs : 0), () => this.enter(at + 1));
  }

  #invoke(at: number, part: Part & { kind: 'task' }, tries: Tries): void {
    const { queue, account, random, onLook } = this.#options;
    if (!account.invoke(part.state)) {
      this.#again(at, part, tries, 'Lambda.TooManyRequestsException');
      return;
    }
    if (!this.#begun) {
      this.#begun = true;
      this.#template = this.#options.begin();
    }
    replayInvocation(part.invocation, {
      queue,
      account,
      random,
      onAlarmsRefused: () => {
        this.#alarmsKnownAtMs = this.#options.sweptAtMs();
      },
      onLook: () => {
        this.#passed = queue.now() >= this.#alarmsKnownAtMs;
        onLook(this.#step, false);
      },
      onEnd: (outcome) => {
        account.leave(part.state);
        if (outcome === 'refused') this.#again(at, part, tries, 'StoreUnavailableError');
        else this.#leave(at, part);
      },
    });
  }

  #leave(at: number, { state }: Part): void {
    if (state === stepBegins) {
      this.#step += 1;
      this.#bakeAt = at + 1;
      this.#options.onLook(this.#step, true);
    }
    this.enter(state === 'Decide' && !this.#passed ? this.#bakeAt : at + 1);
  }

  #again(at: number, part: Part & { kind: 'task' }, tries: Tries, refusal: Refusal): void {
    const { queue, random, onEnd } = this.#options;
    const counted = refusal === 'Lambda.TooManyRequestsException' ? 'room' : 'usual';
    const retry = counted === 'usual' ? usual : part.state === 'Begin' ? forRoomToBegin : forRoom;
    const attempt = tries[counted];
    if (attempt + 1 >= retry.attempts) onEnd(`failed in ${part.state}`);
    else queue.after(retry.delayMs(attempt, random()) + invokeMs, () => this.#invoke(at, part, { ...tries, [counted]: attempt + 1 }));
  }
}
