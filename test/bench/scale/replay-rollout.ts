import type { Decision } from '../../../core/rollout/decide.ts';
import type { Account } from './account.ts';
import type { EventQueue } from './event-queue.ts';
import { invokeMs } from './latencies.ts';
import { stepBegins } from './lateness.ts';
import { replayInvocation } from './replay-invocation.ts';
import type { ReplayedJudge } from './replay-judge.ts';
import { taskRetry } from './retries.ts';
import { inRound, roundsFrom } from './rounds.ts';
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
  /** Where CloudWatch answers the metrics; undefined where all looks pass that were recorded. */
  readonly judge?: ReplayedJudge | undefined;
  /** The world's time, which datapoints go by. */
  readonly worldMs: () => number;
  readonly onLook: (step: number, begins: boolean, isAnswered?: boolean) => void;
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
 * without knowing its alarms is held at its first step until the sweep has read them: a look before that passes nothing. Where CloudWatch answers the metrics, a
 * step goes round as often as its looks say, each round as one that was recorded.
 */
export class RolloutReplay {
  readonly #options: RolloutReplayOptions;
  #template: Template;
  #begun = false;
  #step = -1;
  #bakeAt = 0;
  #alarmsKnownAtMs = 0;
  #passed = true;
  /** Of the look that was last, and when CloudWatch answered it. */
  #decision: Decision | undefined;
  #answeredAtMs: number | undefined;
  #round = 0;

  constructor(options: RolloutReplayOptions) {
    this.#options = options;
    this.#template = options.template;
  }

  /** Goes on from a state to the end. */
  enter(at: number, waitSeconds?: number): void {
    const { queue, account, onEnd } = this.#options;
    const part = this.#template[at];
    if (part === undefined) {
      onEnd('Succeeded');
      return;
    }
    const delayMs = account.enterState(queue.now());
    if (part.kind === 'task') queue.after(delayMs + invokeMs, () => this.#invoke(at, part, { room: 0, usual: 0 }));
    else queue.after(delayMs + (part.kind === 'wait' ? waitMsOf(part, waitSeconds) : 0), () => this.enter(at + 1));
  }

  #invoke(at: number, part: Part & { kind: 'task' }, tries: Tries): void {
    const { queue, account, random, judge, worldMs, onLook } = this.#options;
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
      patienceMs: judge?.patienceMs(worldMs()) ?? 0,
      onMetrics: (isAnswered) => {
        this.#answeredAtMs = isAnswered ? worldMs() : undefined;
      },
      onLook: () => {
        this.#passed = queue.now() >= this.#alarmsKnownAtMs;
        this.#decision = judge?.look(worldMs(), this.#answeredAtMs);
        onLook(this.#step, false, judge === undefined || this.#answeredAtMs !== undefined);
      },
      onEnd: (outcome) => {
        account.leave(part.state);
        if (outcome === 'refused') this.#again(at, part, tries, 'StoreUnavailableError');
        else this.#leave(at, part);
      },
    });
  }

  #leave(at: number, { state }: Part): void {
    const { judge, worldMs, onLook } = this.#options;
    if (state === stepBegins) {
      this.#step += 1;
      this.#bakeAt = at + 1;
      this.#round = 0;
      judge?.begin(this.#step, worldMs());
      onLook(this.#step, true);
    }
    const decision = judge === undefined ? undefined : this.#decision;
    if (decision !== undefined && state === 'RunAnalysis') this.enter(this.#decideAt(decision));
    else if (decision !== undefined && state === 'Decide') this.#follow(decision, at);
    else this.enter(state === 'Decide' && !this.#passed ? this.#bakeAt : at + 1);
  }

  /** The recorded Decide that decided alike: the step's last one left it, those before it held it. */
  #decideAt({ action }: Decision): number {
    const rounds = roundsFrom(this.#template, this.#bakeAt);
    const last = rounds.length - 1;
    const round = action === 'hold' ? Math.min(this.#round, Math.max(0, last - 1)) : last;
    return inRound(this.#template, rounds[round] ?? this.#bakeAt, 'Decide');
  }

  #follow(decision: Decision, at: number): void {
    const { queue, account, onEnd } = this.#options;
    switch (decision.action) {
      case 'hold': {
        this.#round += 1;
        const rounds = roundsFrom(this.#template, this.#bakeAt);
        const next = rounds[Math.min(this.#round, rounds.length - 1)] ?? this.#bakeAt;
        queue.after(account.enterState(queue.now()), () => this.enter(next, decision.tick.waitSeconds));
        return;
      }
      case 'advance':
      case 'promote':
        this.enter(at + 1);
        return;
      default:
        onEnd(decision.action === 'abort' ? `rolledBack: ${decision.reason}` : decision.action);
    }
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

function waitMsOf({ waitMs }: Part & { kind: 'wait' }, waitSeconds: number | undefined): number {
  return waitSeconds === undefined ? waitMs : waitSeconds * 1000;
}
