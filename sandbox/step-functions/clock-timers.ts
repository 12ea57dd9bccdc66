import { AsyncLocalStorage } from 'node:async_hooks';
import type { SandboxClock } from '../clock.ts';

/**
 * aws-local-stepfunctions waits with the global setTimeout: Wait states, retries, time-outs. Inside this scope, and only there, the
 * global timers are the sandbox clock's, so that a state machine that waits an hour takes no real hour. Handlers are called outside
 * of it (`outsideEngine`): what they use of Node keeps its own timers.
 */
const scope = new AsyncLocalStorage<SandboxClock | undefined>();

let installed = false;

/** Runs an interpreter of a state machine on the clock's time. */
export function onClockTime<T>(clock: SandboxClock, run: () => T): T {
  install();
  return scope.run(clock, run);
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
  const setTimeoutOnClock = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): unknown => {
    const clock = scope.getStore();
    if (clock === undefined) return realSetTimeout(callback, ms, ...args);
    return new ClockTimer(clock.timer(ms, () => callback(...args)));
  };
  const clearTimeoutOnClock = (timer: unknown): void => {
    if (timer instanceof ClockTimer) timer.cancel();
    else realClearTimeout(timer as NodeJS.Timeout | undefined);
  };
  Object.assign(globalThis, {
    setTimeout: Object.assign(setTimeoutOnClock, realSetTimeout),
    clearTimeout: clearTimeoutOnClock,
  });
}
