import type { BusFault } from '../../../sandbox/eventbridge/event-bus.ts';
import { compilePattern } from '../../../sandbox/eventbridge/pattern.ts';
import type { Apis } from './apis.ts';
import type { TappedEvent } from './event-tap.ts';

/** How long LocalStack may take from a change of an alarm to its event, before the rule is put back. */
const eventTakesMs = 2_000;

/**
 * What befalls the events that LocalStack itself sends, of alarms: they are lost while the rule that leads to the door is switched off, and
 * come twice because the same is put again.
 */
export class EventFaults {
  readonly #apis: Apis;
  readonly #rule: string;
  readonly #sleep: (ms: number) => Promise<void>;
  #repeats: { readonly matches: (event: unknown) => boolean; readonly times: number }[] = [];
  #off = false;

  /** `prefix` is the deployment's. */
  constructor(apis: Apis, prefix: string, sleep: (ms: number) => Promise<void>) {
    this.#apis = apis;
    this.#rule = `${prefix}-alarm-state-change`;
    this.#sleep = sleep;
  }

  async inject({ kind, pattern, ...more }: BusFault): Promise<void> {
    if (kind === 'drop') {
      this.#off = true;
      await this.#apis.events('DisableRule', { Name: this.#rule });
    }
    if ('times' in more) this.#repeats.push({ matches: compilePattern(pattern), times: more.times });
  }

  /** Called after an alarm was put into a state: the fault has befallen its event. */
  async afterChange(): Promise<void> {
    if (!this.#off) return;
    await this.#sleep(eventTakesMs);
    await this.mend();
  }

  /** Puts everything back. */
  async mend(): Promise<void> {
    if (!this.#off) return;
    this.#off = false;
    await this.#apis.events('EnableRule', { Name: this.#rule });
  }

  /** Puts an event again, as often as a fault says. `seen` is the event as stories know it, with the alarm's own name. */
  async afterEvent(event: TappedEvent, seen: TappedEvent): Promise<void> {
    const found = this.#repeats.find(({ matches }) => matches(seen));
    if (found === undefined) return;
    this.#repeats = this.#repeats.filter((each) => each !== found);
    const entry = { Source: event.source, DetailType: event['detail-type'], Detail: JSON.stringify(event.detail) };
    await this.#apis.events('PutEvents', { Entries: Array.from({ length: found.times - 1 }, () => entry) });
  }
}
