import { Buffer } from 'node:buffer';
import { InvalidInputError, StoreConflictError } from '../../core/errors.ts';
import type { StoreChange, StoreKey } from '../../core/ports.ts';
import { shorten } from '../../core/shorten.ts';

/** What TransactWriteItems takes. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const mostChanges = 100;

export function keyOf(change: StoreChange): StoreKey {
  if ('put' in change) return change.put;
  return 'remove' in change ? change.remove : change.check;
}

/** As people write it, in messages. */
export function keyText(key: StoreKey): string {
  return `${shorten(key.partition, 200)} / ${shorten(key.sort, 200)}`;
}

/** In bytes of UTF-8. Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const longestPartition = 2_048;
const longestSort = 1_024;

/** @throws InvalidInputError for a key that DynamoDB takes for no item, to read it or to write it: an empty one, or one that is too long. */
export function assertKey({ partition, sort }: StoreKey): void {
  if (partition === '' || sort === '') {
    throw new InvalidInputError('The store has no item with an empty key.', { remedy: 'Give partition and sort a text.' });
  }
  if (Buffer.byteLength(partition) > longestPartition || Buffer.byteLength(sort) > longestSort) {
    throw new InvalidInputError(`The store has no item with so long a key: ${keyText({ partition, sort })}.`, {
      remedy: 'Use a shorter name.',
    });
  }
}

/**
 * What DynamoDB would refuse as a whole is refused by every store, so that a test in memory finds it.
 *
 * @throws InvalidInputError for more than 100 changes, two changes of one item, and a key that is empty or too long.
 */
export function assertWritable(changes: readonly StoreChange[]): void {
  const seen = new Set<string>();
  for (const key of changes.map(keyOf)) {
    const identity = JSON.stringify([key.partition, key.sort]);
    if (seen.has(identity)) throw refused(`two of its changes name the item ${keyText(key)}`, 'Merge them into one change.');
    assertKey(key);
    seen.add(identity);
  }
  if (changes.length > mostChanges) {
    throw refused(`it has ${changes.length} changes, and ${mostChanges} is the most`, 'Write it in several parts.');
  }
}

export function storeConflict(keys: readonly StoreKey[], cause?: unknown): StoreConflictError {
  return new StoreConflictError(`The store refused a write: ${keys.map(keyText).join(', ')} is not what the write expects.`, {
    remedy: 'Read it again and decide anew.',
    cause,
  });
}

function refused(why: string, remedy: string): InvalidInputError {
  return new InvalidInputError(`A write to the store cannot be done: ${why}.`, { remedy });
}
