import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { AlarmReading } from '../../core/metric-ports.ts';
import type { RolloutStore } from '../../core/ports.ts';
import { stored } from '../../core/rollout/stored.ts';
import type { AlertTold } from '../../core/spec/alert.ts';
import { keys } from './keys.ts';
import { noteInStore } from './note-in-store.ts';
import { readDocument } from './read-document.ts';

const noted = stored({ fingerprint: z.string(), state: z.enum(['ok', 'alarm']), reason: z.string(), sinceMs: z.number() });
type Noted = z.infer<typeof noted>;
const alertItem = stored({ alerts: z.array(noted) });

/** Of one name, the newest. Labels such as a pod's name make new alerts for ever, and an item holds 400 KB. */
const mostKept = 50;

/**
 * The states of Prometheus alerts as they were pushed. One name stands for as many alerts as its rule finds label sets; it is in alarm
 * while any of them fires, as when Prometheus itself is asked. What is judged is what Prometheus answers: a note speaks where it does not.
 */
export class AlertStates {
  readonly #store: RolloutStore;

  constructor(store: RolloutStore) {
    this.#store = store;
  }

  /**
   * Notes alerts of one name, each unless a newer state of it is known: messages come twice, late and out of order (O2).
   *
   * @param atMs When it was told, for those that do not say since when.
   */
  async note(name: string, alerts: readonly AlertTold[], atMs: number): Promise<void> {
    const told = alerts.map(
      ({ fingerprint, state, reason, sinceMs }): Noted => ({ fingerprint: shortOf(fingerprint), state, reason, sinceMs: sinceMs ?? atMs }),
    );
    await noteInStore(this.#store, keys.alert(name), (item) => {
      const before = item === undefined ? [] : readDocument(alertItem, item).alerts;
      const after = told.reduce<readonly Noted[]>(withNewer, before);
      return after === before ? 'known' : { alerts: after.toSorted((a, b) => b.sinceMs - a.sinceMs).slice(0, mostKept) };
    });
  }

  /** What is noted as firing under each of the names; nothing for a name of which nothing is. */
  async firing(names: readonly string[]): Promise<AlarmReading[]> {
    const found = await Promise.all(
      names.map(async (name): Promise<AlarmReading[]> => {
        const item = await this.#store.read(keys.alert(name));
        const newest = item === undefined ? undefined : readDocument(alertItem, item).alerts.find(({ state }) => state === 'alarm');
        return newest === undefined ? [] : [{ name, state: 'alarm', reason: newest.reason, sinceMs: newest.sinceMs }];
      }),
    );
    return found.flat();
  }
}

/** Alertmanager's has 16 characters. One that is made of all labels may have any number, and would fill the item. */
function shortOf(fingerprint: string): string {
  return fingerprint.length <= 128 ? fingerprint : createHash('sha256').update(fingerprint, 'utf8').digest('hex');
}

/** The same list, if it says so already, or something newer. */
function withNewer(known: readonly Noted[], told: Noted): readonly Noted[] {
  const own = known.find(({ fingerprint }) => fingerprint === told.fingerprint);
  if (own !== undefined && (own.sinceMs > told.sinceMs || (own.sinceMs === told.sinceMs && own.state === told.state))) return known;
  return [...known.filter((other) => other !== own), told];
}
