import { systemClock } from '../../../adapters/clock.ts';
import { createDynamoDbStore } from '../../../adapters/store/dynamodb.ts';
import { transactItem, writeRequest } from '../../../adapters/store/dynamodb-requests.ts';
import { StoreConflictError } from '../../../core/errors.ts';
import type { StoreChange } from '../../../core/ports.ts';
import type { Lane } from './lane.ts';

const partition = 'apart';
/** At once, of either kind. */
const writes = 40;

/**
 * Writes single items while transactions fail beside them, and says which of the items are missing and what of the transactions is there. What is
 * played on an emulator whose transactions are not isolated loses writes now and then, and looks as if Sluice had.
 */
export async function notKeptApart({ apis, deployment: { prefix } }: Lane): Promise<readonly string[]> {
  const store = createDynamoDbStore({ call: apis.dynamodbCall, tableName: prefix, clock: systemClock });
  const kept = Array.from({ length: writes }, (_, n) => `kept-${String(n).padStart(2, '0')}`);
  await Promise.all(
    kept.flatMap((sort) => [
      store.write([{ put: { partition, sort }, value: { sort }, expect: 'absent' }]),
      store
        .write([
          { put: { partition, sort: `undone-${sort}` }, value: { sort }, expect: 'absent' },
          { check: { partition, sort: 'nobody' }, where: { is: 'here' } },
        ])
        .then(
          () => Promise.reject(new Error('a transaction succeeded whose condition does not hold')),
          (error: unknown) => (error instanceof StoreConflictError ? undefined : Promise.reject(error)),
        ),
    ]),
  );
  const there = (await store.list(partition)).map(({ key }) => key.sort);
  return [
    ...kept.filter((sort) => !there.includes(sort)).map((sort) => `${sort} is missing`),
    ...there.filter((sort) => !kept.includes(sort)).map((sort) => `${sort} is there`),
  ];
}

/**
 * Sends one transaction twice under one token, as a client does that did not hear the answer to the first, and says how each was answered: an
 * emulator that does not know the token refuses the second for what the first wrote, and it looks as if somebody else had.
 */
export async function answersToOneToken({ apis, deployment: { prefix } }: Lane): Promise<readonly string[]> {
  const change: StoreChange = { put: { partition, sort: crypto.randomUUID() }, value: {}, expect: 'absent' };
  const TransactItems = [transactItem(writeRequest(prefix, change, { nowMs: systemClock.now() }))];
  const request = { TransactItems, ClientRequestToken: crypto.randomUUID() };
  const first = await apis.dynamodbCall('TransactWriteItems', request);
  const second = await apis.dynamodbCall('TransactWriteItems', request);
  return [first.status, second.status];
}
