import * as z from 'zod/mini';
import { StoreConflictError } from '../../core/errors.ts';
import type { AlarmReading, RolloutStore, StoreKey } from '../../core/ports.ts';
import { keys } from './keys.ts';

const alarmItem = z.strictObject({
  state: z.enum(['ok', 'alarm', 'insufficientData', 'missing', 'unavailable']),
  reason: z.string(),
  sinceMs: z.number(),
});

/** How often a note that lost a race is tried again. */
const attempts = 6;

/**
 * The states of CloudWatch alarms as events told them, kept so that many rollouts can read them at each tick without asking
 * CloudWatch, whose DescribeAlarms allows 9 calls a second for the whole account. The sweep puts right what an event left out.
 */
export class AlarmStates {
  readonly #store: RolloutStore;

  constructor(store: RolloutStore) {
    this.#store = store;
  }

  /** Notes a state, unless a newer one is known: events come late and out of order (O2). */
  async note(reading: AlarmReading, atMs: number): Promise<void> {
    if (reading.state === 'unavailable') return;
    const value = { state: reading.state, reason: reading.reason, sinceMs: reading.sinceMs ?? atMs };
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (await this.#noteOnce(keys.alarm(reading.name), value)) return;
    }
    // So many others noted states at the same moment; the sweep reads CloudWatch itself within a minute.
  }

  /** False where somebody noted another state between the read and the write: which of the two is newer is to be seen anew. */
  async #noteOnce(key: StoreKey, value: z.infer<typeof alarmItem>): Promise<boolean> {
    const known = await this.#store.read(key);
    if (known !== undefined && alarmItem.parse(known.value).sinceMs > value.sinceMs) return true;
    try {
      await this.#store.write([{ put: key, value, expect: known === undefined ? 'absent' : { version: known.version } }]);
      return true;
    } catch (error) {
      if (error instanceof StoreConflictError) return false;
      throw error;
    }
  }

  /** One reading per name. An alarm that was never noted is unavailable, not ok. */
  async read(names: readonly string[]): Promise<AlarmReading[]> {
    return Promise.all(
      names.map(async (name): Promise<AlarmReading> => {
        const item = await this.#store.read(keys.alarm(name));
        if (item === undefined) return { name, state: 'unavailable', reason: 'its state was never noted', sinceMs: undefined };
        return { name, ...alarmItem.parse(item.value) };
      }),
    );
  }
}
