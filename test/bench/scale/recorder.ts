import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../../core/ports.ts';
import type { Call, Invocation, RecordedEntry } from './call.ts';

interface Running {
  readonly startMs: number;
  readonly entries: RecordedEntry[];
  readonly own: Map<object, unknown>;
}

/** Records what each invocation asked for, and when, seen from its start. What runs beside it is not in it. */
export class Recorder {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #running = new AsyncLocalStorage<Running>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Runs an invocation, and hands over its record when it has answered. One that throws has none. */
  async invocation<T>(name: string, act: () => Promise<T>, done: (invocation: Invocation, answer: T) => void): Promise<T> {
    const running: Running = { startMs: this.#clock.now(), entries: [], own: new Map() };
    const answer = await this.#running.run(running, act);
    done({ name, entries: running.entries, tookMs: this.#clock.now() - running.startMs }, answer);
    return answer;
  }

  call(call: Call, startedAtMs: number): void {
    this.#add((startMs) => ({ kind: 'call', ...call, startMs: startedAtMs - startMs, endMs: this.#clock.now() - startMs }));
  }

  sleep(startedAtMs: number): void {
    this.#add((startMs) => ({ kind: 'sleep', startMs: startedAtMs - startMs, endMs: this.#clock.now() - startMs }));
  }

  /** What an invocation has for itself, as if each ran in an instance of its own: made at its first use, anew for each. */
  own<T>(make: () => T): T {
    const own = this.#running.getStore()?.own ?? new Map<object, unknown>();
    if (!own.has(make)) own.set(make, make());
    return own.get(make) as T;
  }

  /** One analysis has ended. */
  look(): void {
    this.#add((startMs) => ({ kind: 'look', startMs: this.#clock.now() - startMs, endMs: this.#clock.now() - startMs }));
  }

  #add(entry: (startMs: number) => RecordedEntry): void {
    const running = this.#running.getStore();
    running?.entries.push(entry(running.startMs));
  }
}
