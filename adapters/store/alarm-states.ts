import * as z from 'zod/mini';
import type { AlarmReading } from '../../core/metric-ports.ts';
import type { RolloutStore } from '../../core/ports.ts';
import { stored } from '../../core/rollout/stored.ts';
import { keys } from './keys.ts';
import { noteInStore } from './note-in-store.ts';
import { readDocument } from './read-document.ts';

const alarmItem = stored({
  state: z.enum(['ok', 'alarm', 'insufficientData', 'missing', 'unavailable']),
  reason: z.string(),
  sinceMs: z.number(),
});

/**
 * The states of CloudWatch alarms as events told them, kept so that many rollouts can read them at each tick without asking
 * CloudWatch, whose DescribeAlarms allows 9 calls a second for the whole account. The sweep puts right what an event left out.
 */
export class AlarmStates {
  readonly #store: RolloutStore;

  constructor(store: RolloutStore) {
    this.#store = store;
  }

  /** Notes a state once, unless a newer one is known: events come twice, late and out of order (O2). */
  async note(reading: AlarmReading, atMs: number): Promise<void> {
    const { state, reason } = reading;
    if (state === 'unavailable') return;
    const value = { state, reason, sinceMs: reading.sinceMs ?? atMs };
    await noteInStore(this.#store, keys.alarm(reading.name), (item) => {
      const known = item === undefined ? undefined : readDocument(alarmItem, item);
      const told = known !== undefined && (known.sinceMs > value.sinceMs || (known.sinceMs === value.sinceMs && known.state === state));
      return told ? 'known' : value;
    });
  }

  /** One reading per name. An alarm that was never noted is unavailable, not ok. */
  async read(names: readonly string[]): Promise<AlarmReading[]> {
    return Promise.all(
      names.map(async (name): Promise<AlarmReading> => {
        const item = await this.#store.read(keys.alarm(name));
        if (item === undefined) return { name, state: 'unavailable', reason: 'its state was never noted', sinceMs: undefined };
        return { name, ...readDocument(alarmItem, item) };
      }),
    );
  }
}
