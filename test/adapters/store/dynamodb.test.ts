import { describe, expect, it } from 'vitest';
import { createAwsJsonApi } from '../../../adapters/aws/json-api.ts';
import { systemClock } from '../../../adapters/clock.ts';
import { createDynamoDbStore } from '../../../adapters/store/dynamodb.ts';
import { InvalidInputError, StoreConflictError, StoreUnavailableError } from '../../../core/errors.ts';
import type { Clock, StoreChange } from '../../../core/ports.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { expiringStoreContract } from '../../contract/expiring-store.ts';
import { rolloutStoreContract } from '../../contract/rollout-store.ts';
import { createFakeDynamoDb } from '../../fakes/dynamodb.ts';

const tableName = 'sluice';
const key = { partition: 'checkout', sort: 'rollout' };
const other = { partition: 'checkout', sort: 'lease' };

rolloutStoreContract('the DynamoDB store', () =>
  createDynamoDbStore({ call: createFakeDynamoDb().call, tableName, clock: new VirtualClock() }),
);

expiringStoreContract('the DynamoDB store', (options) => createDynamoDbStore({ call: createFakeDynamoDb().call, tableName, ...options }));

const realEndpoint = process.env['DYNAMODB_ENDPOINT'];
if (realEndpoint !== undefined) {
  const atEndpoint = async (options: { readonly clock: Clock; readonly retentionDays?: number }) => {
    const call = createAwsJsonApi({
      service: 'dynamodb',
      region: 'eu-west-1',
      targetPrefix: 'DynamoDB_20120810',
      endpoint: realEndpoint,
      credentials: async () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
      fetch,
      clock: systemClock,
    });
    const ownTable = `${tableName}-${crypto.randomUUID()}`;
    const created = await call('CreateTable', {
      TableName: ownTable,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['partition', 'sort'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'partition', KeyType: 'HASH' },
        { AttributeName: 'sort', KeyType: 'RANGE' },
      ],
    });
    expect(created.status).toBe('ok');
    return createDynamoDbStore({ call, tableName: ownTable, ...options });
  };
  rolloutStoreContract(`the DynamoDB store at ${realEndpoint}`, () => atEndpoint({ clock: systemClock }));
  expiringStoreContract(`the DynamoDB store at ${realEndpoint}`, atEndpoint);
}

const setUp = () => {
  const dynamoDb = createFakeDynamoDb();
  const clock = new VirtualClock({ startMs: 0 });
  return { dynamoDb, clock, store: createDynamoDbStore({ call: dynamoDb.call, tableName, clock }) };
};

const unconditional: StoreChange[] = [{ put: key, value: { fence: 1 }, expect: 'anything' }];
const conditional: StoreChange[] = [{ put: key, value: { fence: 1 }, expect: 'absent' }];
const transaction: StoreChange[] = [...conditional, { put: other, value: {}, expect: 'absent' }];

describe('the DynamoDB store', () => {
  it('does a single change as one request, without the price of a transaction', async () => {
    const { dynamoDb, store } = setUp();
    await store.write(conditional);
    await store.write([{ remove: key, expect: { version: 1 } }]);
    await store.write(transaction);
    expect(dynamoDb.requests.map((request) => request.operation)).toEqual(['UpdateItem', 'DeleteItem', 'TransactWriteItems']);
  });

  it('reads a long partition page by page', async () => {
    const { dynamoDb, store } = setUp();
    for (const sort of ['a', 'b', 'c', 'd', 'e']) await store.write([{ put: { partition: 'p', sort }, value: {}, expect: 'anything' }]);
    expect((await store.list('p')).map((item) => item.key.sort)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(dynamoDb.requests.filter((request) => request.operation === 'Query')).toHaveLength(3);
  });

  it.each([
    ['ThrottlingException', conditional],
    ['ProvisionedThroughputExceededException', conditional],
    ['TransactionConflictException', conditional],
    ['NetworkError', unconditional],
    ['InternalServerError', unconditional],
    ['NetworkError', transaction],
  ])('tries again after %s, waiting a little longer each time', async (name, changes) => {
    const { dynamoDb, clock, store } = setUp();
    dynamoDb.failNext({ name }, { name }, { name });
    await store.write(changes);
    expect((await store.read(key))?.value).toEqual({ fence: 1 });
    expect(clock.now()).toBe(25 + 50 + 100);
  });

  it('tries a transaction again that met another one, with the same token', async () => {
    const { dynamoDb, store } = setUp();
    dynamoDb.failNext({ name: 'TransactionCanceledException', codes: ['None', 'TransactionConflict'] });
    await store.write(transaction);
    const tokens = dynamoDb.requests.map((request) => request.input['ClientRequestToken']);
    expect(tokens).toHaveLength(2);
    expect(tokens[0]).toBe(tokens[1]);
  });

  it('repeats a transaction whose answer got lost, without doing it twice', async () => {
    const { dynamoDb, store } = setUp();
    dynamoDb.failNext({ name: 'NetworkError', done: true });
    await store.write(transaction);
    expect((await store.read(key))?.version).toBe(1);
  });

  it('does not repeat a single conditional write whose answer got lost: it would take its own trace for a conflict', async () => {
    const { dynamoDb, store } = setUp();
    dynamoDb.failNext({ name: 'TimeoutError', done: true });
    await expect(store.write(conditional)).rejects.toThrow(StoreUnavailableError);
    expect((await store.read(key))?.version).toBe(1);
  });

  it('is a conflict where a condition failed, though another part met a passing condition', async () => {
    const { dynamoDb, store } = setUp();
    dynamoDb.failNext({ name: 'TransactionCanceledException', codes: ['ConditionalCheckFailed', 'TransactionConflict'] });
    const write = store.write(transaction);
    await expect(write).rejects.toThrow(StoreConflictError);
    expect(dynamoDb.requests).toHaveLength(1);
  });

  it('gives up after four tries, and keeps the cause', async () => {
    const { dynamoDb, store } = setUp();
    dynamoDb.failNext(...Array.from({ length: 4 }, () => ({ name: 'ThrottlingException' })));
    await expect(store.read(key)).rejects.toMatchObject({
      name: 'StoreUnavailableError',
      message: expect.stringContaining('GetItem: ThrottlingException'),
      cause: { name: 'ThrottlingException' },
    });
    expect(dynamoDb.requests).toHaveLength(4);
  });

  it('asks once where the caller would rather go on without it', async () => {
    const dynamoDb = createFakeDynamoDb();
    const store = createDynamoDbStore({ call: dynamoDb.call, tableName, clock: new VirtualClock(), attempts: 1 });
    dynamoDb.failNext({ name: 'NetworkError' });
    await expect(store.list('checkout')).rejects.toThrow(StoreUnavailableError);
    expect(dynamoDb.requests).toHaveLength(1);
  });

  it.each(['AccessDeniedException', 'ResourceNotFoundException'])('says at once what to mend after %s', async (name) => {
    const { dynamoDb, store } = setUp();
    dynamoDb.failNext({ name });
    await expect(store.read(key)).rejects.toThrow(
      'Check that the table sluice exists in this region and that the role may do dynamodb:GetItem',
    );
    expect(dynamoDb.requests).toHaveLength(1);
  });

  it.each([
    ['without a version', { value: { M: {} } }],
    ['with a value that is no map', { version: { N: '1' }, value: { S: '' } }],
    ['with a set', { version: { N: '1' }, value: { M: { tags: { SS: ['a'] } as never } } }],
  ])('refuses an item %s, which somebody else wrote', async (_, fields) => {
    const { dynamoDb, store } = setUp();
    dynamoDb.plant({ partition: { S: key.partition }, sort: { S: key.sort }, ...fields });
    await expect(store.read(key)).rejects.toThrow(InvalidInputError);
    await expect(store.list(key.partition)).rejects.toThrow('who else writes to the table');
  });
});
