import { StoreUnavailableError } from '../../core/errors.ts';
import type { RolloutStore, StoreChange } from '../../core/ports.ts';
import { type RolloutRecord, rolloutRecord } from '../../core/rollout/record.ts';
import type { LambdaHandler } from '../../runtime/define-function.ts';

/** In the place of a Lambda: `call` is the real handler with the input that it was given. */
export type Stand = (call: () => Promise<unknown>, input: unknown) => Promise<unknown>;

/** What goes wrong inside of Sluice itself: Lambdas that die or stall, a store that does not answer. */
export class Mishaps {
  /** Every request to the store fails while it is set. */
  storeDown = false;
  readonly #stands = new Map<string, Stand>();
  #dieAfter: ((changes: readonly StoreChange[]) => Error | undefined) | undefined;

  /** Puts something in the place of a Lambda, until it is ended. Returns how to end it. */
  instead(name: string, stand: Stand): () => void {
    this.#stands.set(name, stand);
    return () => this.#stands.delete(name);
  }

  /** The next calls of a Lambda die before they do anything, as when its process runs out of memory. */
  kill(name: string, times = Number.POSITIVE_INFINITY): void {
    let left = times;
    this.instead(name, async (call) => {
      if (left <= 0) return call();
      left -= 1;
      throw new Error('The process of the Lambda died.');
    });
  }

  /** The next call of a Lambda never answers. */
  stall(name: string): void {
    const end = this.instead(name, () => {
      end();
      return new Promise(() => undefined);
    });
  }

  /**
   * The Lambda that writes the first such record of a rollout dies with that write done, and nothing behind it. With `answerLost` Step
   * Functions knows no more than that it got no answer, and calls it again.
   */
  dieAfterWriting(isLast: (record: RolloutRecord) => boolean, how: 'dies' | 'answerLost' = 'dies'): void {
    this.#dieAfter = (changes) => {
      const puts = changes.flatMap((change) => ('put' in change && change.put.partition.startsWith('rollouts#') ? [change.value] : []));
      if (!puts.some((value) => isLast(rolloutRecord.parse(value)))) return undefined;
      this.#dieAfter = undefined;
      const error = new Error('The process of the Lambda died.');
      return how === 'dies' ? error : Object.assign(error, { name: 'Lambda.SdkClientException' });
    };
  }

  readonly wrapFunction = (name: string, handler: LambdaHandler): LambdaHandler => {
    return async (event) => this.#stands.get(name)?.(() => handler(event), event) ?? handler(event);
  };

  /** A store that can be taken away. */
  wrapStore(store: RolloutStore): RolloutStore {
    const answer = async <T>(ask: () => Promise<T>): Promise<T> => {
      if (!this.storeDown) return ask();
      throw new StoreUnavailableError('The store does not answer.', { remedy: 'Wait until the scenario brings it back.' });
    };
    return {
      read: (key) => answer(() => store.read(key)),
      list: (partition) => answer(() => store.list(partition)),
      write: async (changes) => {
        await answer(() => store.write(changes));
        const death = this.#dieAfter?.(changes);
        if (death !== undefined) throw death;
      },
    };
  }
}
