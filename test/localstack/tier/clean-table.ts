import * as z from 'zod/mini';
import type { Apis } from './apis.ts';

const page = z.object({
  Items: z.nullish(z.array(z.record(z.string(), z.unknown()))),
  LastEvaluatedKey: z.nullish(z.record(z.string(), z.unknown())),
});
/** What one BatchWriteItem takes. */
const batch = 25;

/** Empties the table of a deployment, so that a scenario finds nothing of the one before: no quarantine, no push that was dealt with. */
export async function cleanTable({ dynamodb }: Pick<Apis, 'dynamodb'>, tableName: string): Promise<void> {
  let ExclusiveStartKey: Readonly<Record<string, unknown>> | null | undefined;
  do {
    const scan = { TableName: tableName, ProjectionExpression: '#p, #s', ExpressionAttributeNames: { '#p': 'partition', '#s': 'sort' } };
    const { Items, LastEvaluatedKey } = page.parse(await dynamodb('Scan', ExclusiveStartKey ? { ...scan, ExclusiveStartKey } : scan));
    const requests = (Items ?? []).map((Key) => ({ DeleteRequest: { Key } }));
    for (let from = 0; from < requests.length; from += batch) {
      await dynamodb('BatchWriteItem', { RequestItems: { [tableName]: requests.slice(from, from + batch) } });
    }
    ExclusiveStartKey = LastEvaluatedKey;
  } while (ExclusiveStartKey);
}
