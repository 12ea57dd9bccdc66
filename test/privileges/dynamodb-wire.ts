import * as z from 'zod/mini';
import { marshalFields, unmarshalFields } from '../../adapters/store/attribute-value.ts';
import { keyOf, keyText } from '../../adapters/store/changes.ts';
import { StoreConflictError, StoreUnavailableError } from '../../core/errors.ts';
import type { RolloutStore, StoreChange, StoredItem, StoreExpectation } from '../../core/ports.ts';
import { type WireAnswer, wireError } from './wire-answer.ts';

const text = z.object({ S: z.string() });
const key = z.object({ partition: text, sort: text });
const values = z.optional(z.record(z.string(), z.unknown()));
const writeInput = z.object({
  Key: key,
  UpdateExpression: z.optional(z.literal('SET #value = :value, #version = if_not_exists(#version, :zero) + :one REMOVE #expires')),
  ConditionExpression: z.optional(z.string()),
  ExpressionAttributeNames: z.optional(z.record(z.string(), z.string())),
  ExpressionAttributeValues: values,
});
type WriteInput = z.infer<typeof writeInput>;

const getInput = z.object({ Key: key, ConsistentRead: z.literal(true) });
const queryInput = z.object({
  KeyConditionExpression: z.literal('#partition = :partition'),
  ConsistentRead: z.literal(true),
  ExpressionAttributeValues: z.object({ ':partition': text }),
});
const memberInput = z.partialRecord(z.enum(['Update', 'Delete', 'ConditionCheck']), writeInput);
const transaction = z.object({ TransactItems: z.array(memberInput) });

/**
 * DynamoDB's API in front of a store: what the adapter sends is read back into what the port says, so that the rest of a scenario looks
 * at the same store. It takes the requests that the adapter makes and throws at any other.
 */
export async function answerDynamoDb(store: RolloutStore, operation: string, input: unknown): Promise<WireAnswer> {
  try {
    switch (operation) {
      case 'GetItem': {
        const item = await store.read(keyFrom(getInput.parse(input).Key));
        return { status: 200, body: item === undefined ? {} : { Item: itemOf(item) } };
      }
      case 'Query': {
        const items = await store.list(queryInput.parse(input).ExpressionAttributeValues[':partition'].S);
        return { status: 200, body: { Items: items.map(itemOf) } };
      }
      case 'UpdateItem':
        await store.write([changeOf('Update', writeInput.parse(input))]);
        return { status: 200, body: {} };
      case 'DeleteItem':
        await store.write([changeOf('Delete', writeInput.parse(input))]);
        return { status: 200, body: {} };
      case 'TransactWriteItems':
        return await transact(store, transaction.parse(input).TransactItems);
      default:
        throw new Error(`The store sends no ${operation}.`);
    }
  } catch (error) {
    if (error instanceof StoreConflictError) return wireError('ConditionalCheckFailedException', error.message);
    if (error instanceof StoreUnavailableError) return wireError('InternalServerError', error.message, 500);
    throw error;
  }
}

async function transact(store: RolloutStore, members: readonly z.infer<typeof memberInput>[]): Promise<WireAnswer> {
  const changes = members.flatMap((member) => Object.entries(member).map(([kind, input]) => changeOf(kind as keyof typeof member, input)));
  try {
    await store.write(changes);
    return { status: 200, body: {} };
  } catch (error) {
    if (!(error instanceof StoreConflictError)) throw error;
    const codes = changes.map((change) => (error.message.includes(keyText(keyOf(change))) ? 'ConditionalCheckFailed' : 'None'));
    return wireError('TransactionCanceledException', error.message, 400, { CancellationReasons: codes.map((Code) => ({ Code })) });
  }
}

function changeOf(kind: 'Update' | 'Delete' | 'ConditionCheck', input: WriteInput): StoreChange {
  const at = keyFrom(input.Key);
  const expect = expectationOf(input);
  if (kind === 'Delete') return { remove: at, expect };
  if (kind === 'Update') return { put: at, value: unmarshalFields(z.object({ M: fields }).parse(inputValue(input, ':value')).M), expect };
  if (typeof expect === 'string' || !('where' in expect)) throw new Error('A check asks for fields.');
  return { check: at, where: expect.where };
}

const fields = z.record(z.string(), z.unknown());

function expectationOf(input: WriteInput): StoreExpectation {
  const [first, ...others] = input.ConditionExpression?.split(' AND ') ?? [];
  if (first === undefined) return 'anything';
  if (first === 'attribute_not_exists(#partition)') return 'absent';
  if (first === '#version = :version') return { version: Number(z.object({ N: z.string() }).parse(inputValue(input, ':version')).N) };
  if (first !== 'attribute_exists(#partition)') throw new Error(`The store sends no condition ${first}.`);
  const where = others.map((clause) => {
    const [, name = '', value = ''] = /^#value\.(#\w+) = (:\w+)$/.exec(clause) ?? [];
    return [input.ExpressionAttributeNames?.[name] ?? '', inputValue(input, value)] as const;
  });
  return { where: unmarshalFields(Object.fromEntries(where)) as Record<string, string | number | boolean> };
}

function inputValue(input: WriteInput, name: string): unknown {
  return input.ExpressionAttributeValues?.[name];
}

function keyFrom({ partition, sort }: z.infer<typeof key>) {
  return { partition: partition.S, sort: sort.S };
}

function itemOf({ key, value, version }: StoredItem) {
  return { partition: { S: key.partition }, sort: { S: key.sort }, version: { N: `${version}` }, value: { M: marshalFields(value) } };
}
