import * as z from 'zod/mini';
import { DeadlineExceededError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports.ts';
import { askingJson, type Clients } from './clients.ts';

const patienceSeconds = 180;
const lookEveryMs = 3000;

/**
 * Removes the table that a stack of Sluice leaves behind on purpose: first its deletion protection, then the table. While the first is under
 * way DynamoDB refuses the second. Content where there is no such table.
 *
 * @throws AwsUnavailableError, DeadlineExceededError
 */
export async function removeTable({ dynamoDb }: Pick<Clients, 'dynamoDb'>, clock: Clock, TableName: string): Promise<void> {
  const absent = ['ResourceNotFoundException'];
  const unprotect = { TableName, DeletionProtectionEnabled: false };
  const endMs = clock.now() + patienceSeconds * 1000;
  await askingJson(dynamoDb, 'dynamodb:UpdateTable', unprotect, [...absent, 'ResourceInUseException']);
  while ((await askingJson(dynamoDb, 'dynamodb:DescribeTable', { TableName }, absent)) !== undefined) {
    await askingJson(dynamoDb, 'dynamodb:DeleteTable', { TableName }, [...absent, 'ResourceInUseException']);
    if (clock.now() > endMs) {
      throw new DeadlineExceededError(`The table ${TableName} is still there after ${patienceSeconds} s.`, {
        remedy: 'Delete it by hand.',
      });
    }
    await clock.sleep(lookEveryMs);
  }
}

const groups = z.looseObject({
  logGroups: z._default(z.array(z.looseObject({ logGroupName: z.string() })), []),
  nextToken: z.optional(z.string()),
});

/** What the names of the log groups of a deployment begin with. */
export function logGroupPrefixes(prefix: string): string[] {
  return [`/sluice/${prefix}/`, `/aws/vendedlogs/states/${prefix}-`, `/aws/lambda/${prefix}-`];
}

/** Removes what logs are left of a deployment: those that something wrote to while the stack was being removed. */
export async function removeLogGroups({ logs }: Pick<Clients, 'logs'>, prefix: string): Promise<void> {
  for (const logGroupNamePrefix of logGroupPrefixes(prefix)) {
    let nextToken: string | undefined;
    do {
      const input = { logGroupNamePrefix, ...(nextToken === undefined ? {} : { nextToken }) };
      const page = groups.parse(await askingJson(logs, 'logs:DescribeLogGroups', input));
      for (const { logGroupName } of page.logGroups) {
        await askingJson(logs, 'logs:DeleteLogGroup', { logGroupName }, ['ResourceNotFoundException']);
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }
}
