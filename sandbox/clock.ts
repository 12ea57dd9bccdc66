import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../core/ports.ts';

/** A clock that can also call back, and that knows when the sandbox is at work on something that takes real time. */
export interface SandboxClock extends Clock {
  /** Calls back once, `ms` from now. Returns how to cancel it. */
  timer(ms: number, callback: () => void): () => void;
  /**
   * Runs work that takes real time: the outermost HTTP request of a chain. A virtual clock stands still until it is done, so
   * that a request takes no virtual time but what a server waits inside it (`sleepWithin`).
   */
  busy<T>(work: () => Promise<T>): Promise<T>;
  /** Waits inside a request that somebody else counts as `busy`: lets virtual time run meanwhile. */
  sleepWithin(ms: number): Promise<void>;
  /** Ends all waiting: pending sleeps never resolve, timers never fire. */
  stop(): void;
}

/** Calls back again and again, never overlapping itself, the first time after one interval. Returns how to end it. */
export function every(clock: SandboxClock, ms: number, callback: () => void | Promise<void>): () => void {
  let ended = false;
  let cancel: () => void = () => undefined;
  const arm = () => {
    cancel = clock.timer(ms, () => {
      void Promise.resolve(callback()).finally(() => {
        if (!ended) arm();
      });
    });
  };
  arm();
  return () => {
    ended = true;
    cancel();
  };
}

/** Real time, `speed` times as fast. */
export class ScaledClock implements SandboxClock {
  readonly #speed: number;
  readonly #startMs: number;
  readonly #startedAt = performance.now();
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopped = false;

  constructor(options: { readonly speed?: number; readonly startMs?: number } = {}) {
    this.#speed = options.speed ?? 1;
    this.#startMs = options.startMs ?? Date.now();
  }

  now(): number {
    return this.#startMs + (performance.now() - this.#startedAt) * this.#speed;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  timer(ms: number, callback: () => void): () => void {
    // setTimeout fires at once beyond 2^31 ms; a longer wait is made of several.
    const longestMs = 2 ** 31 - 1;
    let handle: NodeJS.Timeout;
    const arm = (leftMs: number) => {
      handle = setTimeout(
        () => {
          this.#timers.delete(handle);
          if (leftMs > longestMs) arm(leftMs - longestMs);
          else callback();
        },
        Math.min(leftMs, longestMs),
      );
      this.#timers.add(handle);
    };
    if (!this.#stopped) arm(ms / this.#speed);
    return () => {
      clearTimeout(handle);
      this.#timers.delete(handle);
    };
  }

  busy<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  sleepWithin(ms: number): Promise<void> {
    return this.sleep(ms);
  }

  stop(): void {
    this.#stopped = true;
    for (const handle of this.#timers) clearTimeout(handle);
    this.#timers.clear();
  }
}

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Time that passes only when nothing is under way: it jumps to the next timer as soon as no request is in flight and the
 * event loop has turned twice without new work. So a run of an hour takes seconds, and its outcome depends on no machine's
 * speed.
 */
export class VirtualClock implements SandboxClock {
  #nowMs: number;
  #order = 0;
  #busy = 0;
  #pumping = false;
  #stopped = false;
  readonly #timers: Timer[] = [];

  constructor(options: { readonly startMs?: number } = {}) {
    this.#nowMs = options.startMs ?? Date.UTC(2026, 0, 5, 3, 0, 0);
  }

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  timer(ms: number, callback: () => void): () => void {
    const timer: Timer = { atMs: this.#nowMs + Math.max(0, ms), order: this.#order++, callback };
    insertSorted(this.#timers, timer);
    this.#pump();
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  async busy<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      this.#pump();
    }
  }

  async sleepWithin(ms: number): Promise<void> {
    this.#busy -= 1;
    this.#pump();
    try {
      await this.sleep(ms);
    } finally {
      this.#busy += 1;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#timers.length = 0;
  }

  #pump(): void {
    if (this.#pumping || this.#stopped) return;
    this.#pumping = true;
    void this.#advanceWhileIdle().finally(() => {
      this.#pumping = false;
      if (this.#busy === 0 && this.#timers.length > 0) this.#pump();
    });
  }

  async #advanceWhileIdle(): Promise<void> {
    while (this.#timers.length > 0 && !this.#stopped) {
      await nextTurn();
      await nextTurn();
      if (this.#busy > 0) return;
      const timer = this.#timers.shift();
      if (timer === undefined) return;
      this.#nowMs = Math.max(this.#nowMs, timer.atMs);
      timer.callback();
    }
  }
}

function insertSorted(timers: Timer[], timer: Timer): void {
  let low = 0;
  let high = timers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = timers[middle] as Timer;
    if (other.atMs < timer.atMs || (other.atMs === timer.atMs && other.order < timer.order)) low = middle + 1;
    else high = middle;
  }
  timers.splice(low, 0, timer);
}

function sleepOn(clock: SandboxClock, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const onAbort = () => {
      cancel();
      resolve();
    };
    const cancel = clock.timer(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
