import * as z from 'zod/mini';
import { InvalidInputError, StoreUnavailableError } from '../../core/errors.ts';
import type { Clock, RolloutStore, StoreChange, StoredItem, StoreKey } from '../../core/ports.ts';
import type { AwsFailure, AwsJsonApi } from '../aws/json-api.ts';
import { callWithRetry } from '../aws/retry.ts';
import { unmarshalItem } from './attribute-value.ts';
import { assertKey, assertWritable, keyOf, storeConflict } from './changes.ts';
import { type DynamoDbWrite, marshalKey, transactItem, writeRequest } from './dynamodb-requests.ts';
import { isExpired, type Retention } from './expiry.ts';

export interface DynamoDbStoreOptions extends Retention {
  /** The JSON API with the service `dynamodb` and the target prefix `DynamoDB_20120810`. */
  readonly call: AwsJsonApi;
  readonly tableName: string;
  readonly clock: Clock;
  /** Tries of one request in all, 25, 50, 100 ms apart. A door that would rather go on without the store passes 1. */
  readonly attempts?: number;
}

/**
 * The store on AWS: one table, read strongly consistent, written with conditions. One change is one UpdateItem or DeleteItem;
 * several are one transaction, which costs twice the write units and carries a token, so that it can be repeated after a lost
 * answer. A single conditional write cannot: it would meet its own trace and look like a conflict. It then throws
 * StoreUnavailableError, and the caller reads before it tries again.
 *
 * Every refusal but a failed condition is a StoreUnavailableError, a missing table or permission too: its message says which.
 */
export function createDynamoDbStore(options: DynamoDbStoreOptions): RolloutStore {
  const { tableName, clock, attempts = 4, retentionDays } = options;
  const call: AwsJsonApi = async (operation, input) => {
    const answer = await options.call(operation, input);
    if (answer.status === 'ok') return answer;
    const codes = cancellationCodes(answer.failure);
    const retryable = answer.failure.retryable || (codes.some(isPassing) && !codes.includes(conditionFailed));
    return { status: 'failed', failure: { ...answer.failure, retryable } };
  };

  const read = async (operation: string, input: Readonly<Record<string, unknown>>) => {
    const request = { TableName: tableName, ConsistentRead: true, ...input };
    const answer = await callWithRetry(call, operation, request, { clock, attempts, repeatable: true });
    if (answer.status === 'failed') throw unavailable(operation, tableName, answer.failure);
    const output = readAnswer.safeParse(answer.output);
    if (!output.success) throw foreignItem(tableName, output.error);
    return output.data;
  };

  const isPast = ({ expires }: z.infer<typeof storedItem>) => isExpired(expires === undefined ? undefined : Number(expires.N), clock.now());

  const write = async (changes: readonly StoreChange[]) => {
    const { operation, input, repeatable } = requestFor(changes, (change) =>
      writeRequest(tableName, change, { retentionDays, nowMs: clock.now() }),
    );
    const answer = await callWithRetry(call, operation, input, { clock, attempts, repeatable });
    if (answer.status === 'ok') return;
    const keys = conflictingKeys(changes, answer.failure);
    throw keys.length > 0 ? storeConflict(keys, answer.failure) : unavailable(operation, tableName, answer.failure);
  };

  return {
    async read(key) {
      assertKey(key);
      const { Item } = await read('GetItem', { Key: marshalKey(key) });
      return Item === undefined || isPast(Item) ? undefined : stored(Item);
    },
    async list(partition) {
      assertKey({ partition, sort: 'any' });
      const query = {
        KeyConditionExpression: '#partition = :partition',
        ExpressionAttributeNames: { '#partition': 'partition' },
        ExpressionAttributeValues: { ':partition': { S: partition.toWellFormed() } },
      };
      const items: StoredItem[] = [];
      let next: Readonly<Record<string, unknown>> | undefined;
      do {
        const page = await read('Query', next === undefined ? query : { ...query, ExclusiveStartKey: next });
        items.push(...(page.Items ?? []).filter((item) => !isPast(item)).map(stored));
        next = page.LastEvaluatedKey;
      } while (next !== undefined);
      return items;
    },
    async write(changes) {
      assertWritable(changes);
      if (changes.length > 0) await write(changes);
    },
  };
}

const storedItem = z.object({
  partition: z.object({ S: z.string() }),
  sort: z.object({ S: z.string() }),
  version: z.object({ N: z.string().check(z.regex(/^\d{1,15}$/)) }),
  expires: z.optional(z.object({ N: z.string().check(z.regex(/^\d{1,15}$/)) })),
  // Not as a record: zod leaves a field of the name __proto__ out of those.
  value: z.object({ M: z.unknown() }),
});

const readAnswer = z.object({
  Item: z.optional(storedItem),
  Items: z.optional(z.array(storedItem)),
  LastEvaluatedKey: z.optional(z.record(z.string(), z.unknown())),
});

function stored(item: z.infer<typeof storedItem>): StoredItem {
  return {
    key: { partition: item.partition.S, sort: item.sort.S },
    value: unmarshalItem(item.value.M),
    version: Number(item.version.N),
  };
}

function requestFor(changes: readonly StoreChange[], requestOf: (change: StoreChange) => DynamoDbWrite) {
  const requests = changes.map(requestOf);
  const [first, ...others] = requests;
  if (first !== undefined && others.length === 0 && first.operation !== 'ConditionCheck') {
    return { ...first, repeatable: !('ConditionExpression' in first.input) };
  }
  const TransactItems = requests.map(transactItem);
  return { operation: 'TransactWriteItems', input: { TransactItems, ClientRequestToken: crypto.randomUUID() }, repeatable: true };
}

const conditionFailed = 'ConditionalCheckFailed';
const cancellation = z.object({ CancellationReasons: z.array(z.object({ Code: z.optional(z.string()) })) });

/** One code per change of a cancelled transaction, in their order; `None` for those that were not the reason. */
function cancellationCodes(failure: AwsFailure): readonly string[] {
  if (failure.name === `${conditionFailed}Exception`) return [conditionFailed];
  const details = failure.name === 'TransactionCanceledException' ? cancellation.safeParse(failure.details) : undefined;
  return details?.success ? details.data.CancellationReasons.map((reason) => reason.Code ?? 'None') : [];
}

function isPassing(code: string): boolean {
  return code === 'TransactionConflict' || code === 'ThrottlingError' || code === 'ProvisionedThroughputExceeded';
}

function conflictingKeys(changes: readonly StoreChange[], failure: AwsFailure): StoreKey[] {
  const codes = cancellationCodes(failure);
  return changes.filter((_, index) => codes[index] === conditionFailed).map(keyOf);
}

function unavailable(operation: string, tableName: string, failure: AwsFailure): StoreUnavailableError {
  const remedy = failure.retryable
    ? 'Try again later; the AWS Health Dashboard and the throttling metrics of the table tell more.'
    : `Check that the table ${tableName} exists in this region and that the role may do dynamodb:${operation} on it.`;
  return new StoreUnavailableError(`DynamoDB did not do ${operation}: ${failure.name}, ${failure.message}.`, { remedy, cause: failure });
}

function foreignItem(tableName: string, cause: unknown): InvalidInputError {
  return new InvalidInputError(`The table ${tableName} answered an item that Sluice did not write.`, {
    remedy: 'Find out who else writes to the table, and remove or restore the item.',
    cause,
  });
}
