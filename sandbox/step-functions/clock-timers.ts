import { AsyncLocalStorage } from 'node:async_hooks';
import type { SandboxClock } from '../clock.ts';

/**
 * aws-local-stepfunctions waits with the global setTimeout: Wait states, retries, time-outs. Inside this scope, and only there, the
 * global timers are the sandbox clock's, so that a state machine that waits an hour takes no real hour; and so is the present, which it writes
 * into the context object as the execution's StartTime. Handlers are called outside of it (`outsideEngine`): what they use of Node keeps its
 * own.
 */
const scope = new AsyncLocalStorage<Scope | undefined>();

interface Scope {
  readonly clock: SandboxClock;
  readonly random: () => number;
}

let installed = false;

/**
 * Runs an interpreter of a state machine on the clock's time. The jitter of its retries, which it takes from Math.random, follows from
 * the seed, so that a run on a virtual clock is the same each time.
 */
export function onClockTime<T>(clock: SandboxClock, seed: string, run: () => T): T {
  install();
  return scope.run({ clock, random: randomFrom(seed) }, run);
}

/** Runs a handler on Node's own timers, whatever the interpreter that called it runs on. */
export function outsideEngine<T>(run: () => T): T {
  return scope.run(undefined, run);
}

class ClockTimer {
  readonly cancel: () => void;

  constructor(cancel: () => void) {
    this.cancel = cancel;
  }
}

function install(): void {
  if (installed) return;
  installed = true;
  const realSetTimeout = globalThis.setTimeout;
  const realClearTimeout = globalThis.clearTimeout;
  const realRandom = Math.random;
  const setTimeoutOnClock = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): unknown => {
    const found = scope.getStore();
    if (found === undefined) return realSetTimeout(callback, ms, ...args);
    // A clock in real time waits with setTimeout itself, which must be Node's own there, or it would come back here without end.
    return new ClockTimer(scope.run(undefined, () => found.clock.timer(ms, () => scope.run(found, () => callback(...args)))));
  };
  const clearTimeoutOnClock = (timer: unknown): void => {
    if (timer instanceof ClockTimer) timer.cancel();
    else realClearTimeout(timer as NodeJS.Timeout | undefined);
  };
  Object.assign(globalThis, {
    setTimeout: Object.assign(setTimeoutOnClock, realSetTimeout),
    clearTimeout: clearTimeoutOnClock,
  });
  globalThis.Date = new Proxy(Date, {
    construct: (date, args, newTarget): object => {
      const found = args.length === 0 ? scope.getStore() : undefined;
      return Reflect.construct(date, found === undefined ? args : [found.clock.now()], newTarget);
    },
  });
  Math.random = () => scope.getStore()?.random() ?? realRandom();
}

/** FNV-1a of the seed, then mulberry32: small, and even enough for jitter. */
function randomFrom(seed: string): () => number {
  let state = [...seed].reduce((hash, letter) => Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193), 0x811c9dc5);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
