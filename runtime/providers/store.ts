import { systemClock } from '../../adapters/clock.ts';
import { createDynamoDbStore } from '../../adapters/store/dynamodb.ts';
import type { Providers } from '../define-function.ts';
import { readVariable } from '../environment.ts';
import { awsJsonApi } from './aws-json-api.ts';

export const provideStore: Providers<'store'> = {
  store: () =>
    createDynamoDbStore({
      call: awsJsonApi({ name: 'dynamodb', id: 'DYNAMODB' }, 'DynamoDB_20120810'),
      tableName: readVariable('table'),
      clock: systemClock,
    }),
};
