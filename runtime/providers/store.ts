import { systemClock } from '../../adapters/clock.ts';
import { createDynamoDbStore } from '../../adapters/store/dynamodb.ts';
import type { Providers } from '../define-function.ts';
import { readVariable } from '../environment.ts';
import { awsJsonApi } from './aws-json-api.ts';

const dynamoDb = { name: 'dynamodb', id: 'DYNAMODB' };
const targetPrefix = 'DynamoDB_20120810';

const deployed = () => ({ tableName: readVariable('table'), retentionDays: Number(readVariable('retentionDays')) });

export const provideStore: Providers<'store'> = {
  store: () => createDynamoDbStore({ call: awsJsonApi(dynamoDb, targetPrefix), ...deployed(), clock: systemClock }),
};

/** How long the abort door waits for the store, once, before it moves the traffic without it. */
const doorTimeoutMs = 1_000;

/** For the abort door: traffic does not wait for a store that does not answer; the callers' retries come back to it. */
export const provideDoorStore: Providers<'store'> = {
  store: () =>
    createDynamoDbStore({
      call: awsJsonApi(dynamoDb, targetPrefix, { timeoutMs: doorTimeoutMs }),
      ...deployed(),
      clock: systemClock,
      attempts: 1,
    }),
};
