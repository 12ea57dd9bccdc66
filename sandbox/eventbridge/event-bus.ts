import { InvalidInputError } from '../../core/errors.ts';
import { every, type SandboxClock } from '../clock.ts';
import { type BusEvent, type EventEntry, eventTime, partitionOf, steadyUuid } from './bus-event.ts';
import { Deliverer, type DeliveryRecord, type RetryPolicy } from './deliverer.ts';
import { compilePattern } from './pattern.ts';
import { compileTargetInput, type TargetInput } from './target-input.ts';

/** Who is told. `deliver` gets JSON that is its own copy, and parses it; where it throws or rejects, delivery is tried again. */
export interface Target extends TargetInput {
  readonly id: string;
  deliver(payload: unknown): void | Promise<void>;
}

export interface Rule {
  readonly name: string;
  /** As in PutRule's EventPattern, but as an object. */
  readonly pattern: unknown;
  readonly targets: readonly Target[];
}

/** What befalls the next event that matches the pattern, once. */
export type BusFault =
  | { readonly kind: 'drop'; readonly pattern: unknown }
  /** Delivers it `times` times in all to each target, with the same id. */
  | { readonly kind: 'duplicate'; readonly pattern: unknown; readonly times: number }
  /** Delivers it this much later than usual: behind events that were put after it. */
  | { readonly kind: 'delay'; readonly pattern: unknown; readonly delayMs: number };

export interface PutRecord {
  readonly event: BusEvent;
  readonly atMs: number;
  /** The rules that matched, whether or not a fault then dropped the event. */
  readonly matchedRules: readonly string[];
  readonly fault: BusFault['kind'] | undefined;
}

export interface EventBusOptions {
  readonly clock: SandboxClock;
  readonly account?: string;
  readonly region?: string;
  /** From put to delivery. */
  readonly deliveryMs?: number;
  readonly retry?: Partial<RetryPolicy>;
}

interface CompiledRule {
  readonly matches: (event: unknown) => boolean;
  readonly targets: readonly { readonly target: Target; readonly payloadOf: (event: BusEvent) => unknown }[];
}

/**
 * EventBridge's default bus in memory: rules, targets, retries, dead letters, and faults that a scenario sets. It keeps a
 * record of all that was put and of all that was delivered.
 */
export class EventBus {
  readonly account: string;
  readonly region: string;
  readonly #clock: SandboxClock;
  readonly #deliveryMs: number;
  readonly #deliverer: Deliverer;
  readonly #rules = new Map<string, CompiledRule>();
  readonly #puts: PutRecord[] = [];
  #faults: readonly { readonly fault: BusFault; readonly matches: (event: unknown) => boolean }[] = [];
  #count = 0;

  constructor({ clock, account = '111122223333', region = 'eu-west-1', deliveryMs = 50, retry = {} }: EventBusOptions) {
    this.#clock = clock;
    this.account = account;
    this.region = region;
    this.#deliveryMs = deliveryMs;
    this.#deliverer = new Deliverer(clock, retry);
  }

  /** All events put so far, oldest first. */
  get puts(): readonly PutRecord[] {
    return this.#puts;
  }

  /** All attempts to deliver that have ended, oldest first. */
  get deliveries(): readonly DeliveryRecord[] {
    return this.#deliverer.deliveries;
  }

  /** The last attempt of each delivery that was given up. */
  get deadLetters(): readonly DeliveryRecord[] {
    return this.#deliverer.deadLetters;
  }

  /**
   * Adds a rule, or replaces the one with the same name.
   *
   * @throws InvalidInputError for a pattern or a target's input that EventBridge would refuse, or target ids that repeat.
   */
  putRule(rule: Rule): void {
    if (new Set(rule.targets.map((target) => target.id)).size < rule.targets.length) {
      throw new InvalidInputError(`Two targets of the rule ${rule.name} have the same id.`, { remedy: 'Give each target its own id.' });
    }
    const targets = rule.targets.map((target) => ({ target, payloadOf: compileTargetInput(target, rule.name) }));
    this.#rules.set(rule.name, { matches: compilePattern(rule.pattern), targets });
  }

  removeRule(name: string): void {
    this.#rules.delete(name);
  }

  /** Puts events, and delivers them later, on the clock. Returns them as they were completed. */
  putEvents(entries: readonly EventEntry[]): BusEvent[] {
    return entries.map((entry) => {
      const event = this.#complete(entry);
      this.#route(event);
      return event;
    });
  }

  /** Sets a fault for the next event that matches. Of several faults that match, the one set first is used up. */
  injectFault(fault: BusFault): void {
    this.#faults = [...this.#faults, { fault, matches: compilePattern(fault.pattern) }];
  }

  /**
   * EventBridge Scheduler: calls the target every so often, the first time after one interval, whether or not its last run
   * has ended. The target gets its `input`, or else the scheduler's own event. Returns how to end it.
   */
  schedule(everyMs: number, target: Target): () => void {
    const payloadOf = compileTargetInput(target, target.id);
    return every(this.#clock, everyMs, () => {
      const event = this.#complete({
        source: 'aws.scheduler',
        detailType: 'Scheduled Event',
        detail: {},
        resources: [`arn:${partitionOf(this.region)}:scheduler:${this.region}:${this.account}:schedule/default/${target.id}`],
      });
      this.#deliverer.deliver({ event, rule: `schedule/${target.id}`, target, payloadOf }, 0);
    });
  }

  #complete({ source, detailType, detail, resources = [] }: EventEntry): BusEvent {
    this.#count += 1;
    const { account, region } = this;
    return {
      version: '0',
      id: steadyUuid(`event ${this.#count}`),
      'detail-type': detailType,
      source,
      account,
      time: eventTime(this.#clock.now()),
      region,
      resources: [...resources],
      detail: JSON.parse(JSON.stringify(detail)),
    };
  }

  #route(event: BusEvent): void {
    const matched = [...this.#rules].filter(([, rule]) => rule.matches(event));
    const fault = this.#takeFault(event);
    this.#puts.push({ event, atMs: this.#clock.now(), matchedRules: matched.map(([name]) => name), fault: fault?.kind });
    const copies = fault?.kind === 'drop' ? 0 : fault?.kind === 'duplicate' ? fault.times : 1;
    const delayMs = this.#deliveryMs + (fault?.kind === 'delay' ? fault.delayMs : 0);
    for (let copy = 0; copy < copies; copy += 1) {
      for (const [rule, { targets }] of matched) {
        for (const { target, payloadOf } of targets) this.#deliverer.deliver({ event, rule, target, payloadOf }, delayMs);
      }
    }
  }

  #takeFault(event: BusEvent): BusFault | undefined {
    const found = this.#faults.find(({ matches }) => matches(event));
    this.#faults = this.#faults.filter((other) => other !== found);
    return found?.fault;
  }
}
