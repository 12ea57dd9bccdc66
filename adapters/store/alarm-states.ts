import * as z from 'zod/mini';
import { StoreConflictError } from '../../core/errors.ts';
import type { AlarmReading, RolloutStore } from '../../core/ports.ts';
import { keys } from './keys.ts';

const alarmItem = z.strictObject({
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

  /** Notes a state, unless a newer one is known: events come late and out of order (O2). */
  async note(reading: AlarmReading, atMs: number): Promise<void> {
    if (reading.state === 'unavailable') return;
    const key = keys.alarm(reading.name);
    const known = await this.#store.read(key);
    const sinceMs = reading.sinceMs ?? atMs;
    if (known !== undefined && alarmItem.parse(known.value).sinceMs > sinceMs) return;
    const value = { state: reading.state, reason: reading.reason, sinceMs };
    try {
      await this.#store.write([{ put: key, value, expect: known === undefined ? 'absent' : { version: known.version } }]);
    } catch (error) {
      // Somebody noted a state at the same moment; the sweep reads CloudWatch itself within a minute.
      if (!(error instanceof StoreConflictError)) throw error;
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
