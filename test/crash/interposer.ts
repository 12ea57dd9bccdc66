import type { SandboxClock } from '../../sandbox/clock.ts';
import { type Edge, type Effect, edgeId, effectName } from './edge.ts';
import { clusterAwayMs, type FaultKind, type Lateness, throttledTries, usualLateness } from './faults.ts';
import { crash, currentInvocation, hang, type Invocation, named, never } from './invocations.ts';

/** One effect as it is about to be made. */
export interface Making<T> {
  readonly effect: Effect;
  readonly apply: () => Promise<T>;
  /** What its caller hears of an outage: an error that is thrown, or an answer that says so. */
  readonly outage: () => T;
}

export interface Met extends Edge {
  readonly id: string;
  readonly name: string;
  readonly atMs: number;
}

/** Decides what befalls an effect; asked for each, in the order in which they are made. */
export type Plan = (met: Met, nth: number) => FaultKind | undefined;

/** What a fault came to. */
export interface Befallen {
  readonly met: Met;
  readonly fault: FaultKind;
}

/** Stands before every port: numbers the effects of a run, and lets the planned fault befall them. */
export class Interposer {
  /** Every effect of the run, in order. */
  readonly met: Met[] = [];
  readonly befallen: Befallen[] = [];
  clock: SandboxClock | undefined;
  /** Nothing is counted, and nothing befalls, until it is set. */
  on = false;
  /** Until when the API server cannot be reached by anybody. */
  clusterAwayUntilMs = 0;
  readonly #plan: Plan;
  readonly #lateness: Lateness;
  readonly #counts = new Map<string, number>();
  readonly #throttled = new Map<string, number>();

  constructor(plan: Plan = () => undefined, lateness = usualLateness) {
    this.#plan = plan;
    this.#lateness = lateness;
  }

  async make<T>({ effect, apply, outage }: Making<T>): Promise<T> {
    const invocation = currentInvocation();
    if (invocation?.dead) return never;
    const fault = this.#faultFor(invocation === undefined ? effect : { ...effect, act: invocation.act });
    const outcome = await (fault === undefined ? apply() : this.#befall(fault, invocation, apply, outage));
    return invocation?.dead ? never : outcome;
  }

  /** The answer of a Lambda, when it has done its work. */
  readonly answer = async (invocation: Invocation): Promise<void> => {
    const fault = this.#faultFor({ act: invocation.act, port: 'lambda', operation: 'answers', object: '', kind: 'answer' });
    if (fault === 'crashes') await crash(invocation);
    if (fault === 'hangsAfter') await hang(invocation);
    if (fault === 'answerLost') {
      invocation.dead = true;
      invocation.fail(named('Lambda.SdkClientException', 'The answer of the Lambda was lost.'));
    }
  };

  #faultFor(effect: Effect): FaultKind | undefined {
    if (!this.on) return undefined;
    const name = effectName(effect);
    const ordinal = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, ordinal);
    const edge: Edge = { ...effect, ordinal };
    const met: Met = { ...edge, id: edgeId(edge), name, atMs: this.clock?.now() ?? 0 };
    this.met.push(met);
    const planned = this.#plan(met, this.met.length);
    if (planned === 'throttled') this.#throttled.set(name, throttledTries);
    const left = this.#throttled.get(name) ?? 0;
    if (left > 0) this.#throttled.set(name, left - 1);
    if (planned === 'clusterAway') this.clusterAwayUntilMs = met.atMs + clusterAwayMs;
    const fault = planned ?? (left > 0 ? 'throttled' : undefined);
    if (fault !== undefined) this.befallen.push({ met, fault });
    return met.port === 'kubernetes' && met.atMs < this.clusterAwayUntilMs ? 'clusterAway' : fault;
  }

  async #befall<T>(fault: FaultKind, invocation: Invocation | undefined, apply: () => Promise<T>, outage: () => T): Promise<T> {
    const { lateMs, inRollbackMs } = this.#lateness;
    switch (fault) {
      case 'errorBefore':
      case 'throttled':
      case 'clusterAway':
        return outage();
      case 'errorAfter':
        await apply();
        return outage();
      case 'answerLost':
        await apply().catch(() => undefined);
        return apply();
      case 'hangsBefore':
        return hang(invocation);
      case 'hangsAfter':
        await apply();
        return hang(invocation);
      case 'crashes':
        await apply();
        return crash(invocation);
      case 'lateBehindRetry':
        invocation?.fail(named('Lambda.SdkClientException', 'The answer of the Lambda was lost.'));
        await this.clock?.sleep(lateMs);
        return apply();
      case 'lateGoesOn':
      case 'lateInRollback':
        await this.clock?.sleep(fault === 'lateGoesOn' ? lateMs : inRollbackMs);
        return apply();
      case 'lateAndDies':
        this.clock?.timer(lateMs, () => void apply().catch(() => undefined));
        return hang(invocation);
    }
  }
}
