import type { SandboxClock } from '../clock.ts';
import type { BusEvent } from './bus-event.ts';

/** EventBridge itself retries up to 185 times within 24 hours; a sandbox that fails should say so sooner. */
export interface RetryPolicy {
  readonly maximumRetryAttempts: number;
  /** Doubles with each retry, up to the longest. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

const defaultRetry: RetryPolicy = { maximumRetryAttempts: 5, firstDelayMs: 1_000, longestDelayMs: 60_000 };

/** One attempt to deliver one event to one target. */
export interface DeliveryRecord {
  readonly event: BusEvent;
  /** The rule's name, or `schedule/<target id>`. */
  readonly rule: string;
  readonly targetId: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** What the target threw, or undefined where it took the event. */
  readonly error: string | undefined;
}

export interface Delivery {
  readonly event: BusEvent;
  readonly rule: string;
  readonly target: { readonly id: string; deliver(payload: unknown): void | Promise<void> };
  readonly payloadOf: (event: BusEvent) => unknown;
}

/** Carries events to targets on the clock: at least once, in no promised order, with back-off, up to a limit. */
export class Deliverer {
  readonly deliveries: DeliveryRecord[] = [];
  readonly deadLetters: DeliveryRecord[] = [];
  readonly #clock: SandboxClock;
  readonly #retry: RetryPolicy;

  constructor(clock: SandboxClock, retry: Partial<RetryPolicy>) {
    this.#clock = clock;
    this.#retry = { ...defaultRetry, ...retry };
  }

  deliver(delivery: Delivery, delayMs: number): void {
    this.#later(delivery, 1, delayMs);
  }

  #later(delivery: Delivery, attempt: number, delayMs: number): void {
    this.#clock.timer(delayMs, () => void this.#attempt(delivery, attempt));
  }

  async #attempt(delivery: Delivery, attempt: number): Promise<void> {
    const { event, rule, target, payloadOf } = delivery;
    const startedAtMs = this.#clock.now();
    let error: string | undefined;
    try {
      await target.deliver(structuredClone(payloadOf(event)));
    } catch (thrown) {
      error = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    }
    const record = { event, rule, targetId: target.id, attempt, startedAtMs, endedAtMs: this.#clock.now(), error };
    this.deliveries.push(record);
    if (error === undefined) return;
    const { maximumRetryAttempts, firstDelayMs, longestDelayMs } = this.#retry;
    if (attempt > maximumRetryAttempts) this.deadLetters.push(record);
    else this.#later(delivery, attempt + 1, Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1)));
  }
}
