import * as z from 'zod/mini';
import { keys } from '../../../adapters/store/keys.ts';
import type { RolloutStore } from '../../../core/ports.ts';
import { stored } from '../../../core/rollout/stored.ts';

/** Of what there may be more than one run can ask for. */
export type SweptInTurns = 'alarms' | 'rollouts' | 'pushes';

const turnItem = stored({ after: z.string() });

/**
 * Whose turn it is, where one run of the sweep cannot ask for all: the next run goes on behind the last one that this one came to, so that
 * everybody has a turn.
 */
export class SweepTurn {
  readonly #store: RolloutStore;
  readonly #of: SweptInTurns;

  constructor(store: RolloutStore, of: SweptInTurns) {
    this.#store = store;
    this.#of = of;
  }

  /**
   * The items in the order of their turns.
   *
   * @example the last run came to 'b': order(['a', 'b', 'c', 'd'], (name) => name) // ['c', 'd', 'a', 'b']
   */
  async order<T>(items: readonly T[], nameOf: (item: T) => string): Promise<T[]> {
    const item = await this.#store.read(keys.sweepTurn(this.#of));
    const after = item === undefined ? '' : turnItem.parse(item.value).after;
    const sorted = items.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    return [...sorted.filter((each) => nameOf(each) > after), ...sorted.filter((each) => nameOf(each) <= after)];
  }

  /** Notes the last one that this run came to. */
  async end(name: string): Promise<void> {
    await this.#store.write([{ put: keys.sweepTurn(this.#of), value: { after: name }, expect: 'anything' }]);
  }
}
