import type { SandboxClock } from '../clock.ts';

/**
 * Calls back at a fixed rate, the first time at once: the next tick is an interval after the last one was due, not after it was
 * done, so that slow work does not stretch the interval. A tick that is still under way when the next is due is waited for.
 *
 * @returns how to end it.
 */
export function tick(clock: SandboxClock, intervalMs: number, callback: () => Promise<void>): () => void {
  let dueMs = clock.now();
  let ended = false;
  let cancel: () => void = () => undefined;
  const arm = () => {
    if (ended) return;
    cancel = clock.timer(Math.max(0, dueMs - clock.now()), () => {
      dueMs += intervalMs;
      void callback().finally(arm);
    });
  };
  arm();
  return () => {
    ended = true;
    cancel();
  };
}
