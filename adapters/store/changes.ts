import { InvalidInputError, StoreConflictError } from '../../core/errors.ts';
import type { StoreChange, StoreKey } from '../../core/ports.ts';

/** What TransactWriteItems takes. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const mostChanges = 100;

export function keyOf(change: StoreChange): StoreKey {
  if ('put' in change) return change.put;
  return 'remove' in change ? change.remove : change.check;
}

/** As people write it, in messages. */
export function keyText(key: StoreKey): string {
  return `${key.partition} / ${key.sort}`;
}

/**
 * What DynamoDB would refuse as a whole is refused by every store, so that a test in memory finds it.
 *
 * @throws InvalidInputError for more than 100 changes, two changes of one item, and an empty key.
 */
export function assertWritable(changes: readonly StoreChange[]): void {
  const seen = new Set<string>();
  for (const key of changes.map(keyOf)) {
    const identity = JSON.stringify([key.partition, key.sort]);
    if (seen.has(identity)) throw refused(`two of its changes name the item ${keyText(key)}`, 'Merge them into one change.');
    if (key.partition === '' || key.sort === '') throw refused('one of its keys is empty', 'Give partition and sort a text.');
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
