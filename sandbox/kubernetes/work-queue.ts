import type { SandboxClock } from '../clock.ts';
import type { ObjectKey } from './object-store.ts';

/**
 * Calls a controller back once per object that changed, however often it changed meanwhile, and never inside the write that
 * changed it: as with a real controller, a reader right after a write may see a status that lags behind.
 */
export class WorkQueue {
  readonly #clock: SandboxClock;
  readonly #reconcile: (key: ObjectKey) => void;
  readonly #delayMs: number | 'soon';
  readonly #pending = new Map<string, () => void>();

  /**
   * @param delayMs on the clock; or `soon`, where somebody reads again and again until it is done: their requests hold a virtual clock, and
   * what was noticed is done before the next one of them.
   */
  constructor(clock: SandboxClock, delayMs: number | 'soon', reconcile: (key: ObjectKey) => void) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#reconcile = reconcile;
  }

  add({ namespace, name }: ObjectKey): void {
    const id = `${namespace}/${name}`;
    if (this.#pending.has(id)) return;
    const act = () => {
      this.#pending.delete(id);
      this.#reconcile({ namespace, name });
    };
    this.#pending.set(id, this.#delayMs === 'soon' ? nextTurn(act) : this.#clock.timer(this.#delayMs, act));
  }

  close(): void {
    for (const cancel of this.#pending.values()) cancel();
    this.#pending.clear();
  }
}

function nextTurn(act: () => void): () => void {
  const handle = setImmediate(act);
  return () => clearImmediate(handle);
}
