import { describe, expect, it } from 'vitest';
import type { AwsAnswer, AwsJsonApi } from '../../../adapters/aws/json-api.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { removeLogGroups, removeTable } from './retained.ts';

const ok = (output: unknown): AwsAnswer => ({ status: 'ok', output });
const failed = (name: string): AwsAnswer => ({
  status: 'failed',
  failure: { name, message: 'no', retryable: false, refused: true, details: undefined },
});

/** DynamoDB with one protected table, that takes some seconds for each change. */
function fakeTable(exists: boolean) {
  const clock = new VirtualClock();
  const table = { exists, isProtected: true, busyUntilMs: 0 };
  const asked: string[] = [];
  const dynamoDb: AwsJsonApi = async (operation) => {
    asked.push(operation);
    const busy = clock.now() < table.busyUntilMs;
    if (!table.exists) return failed('ResourceNotFoundException');
    if (operation === 'DescribeTable') return ok({});
    if (busy) return failed('ResourceInUseException');
    if (operation === 'UpdateTable') {
      table.isProtected = false;
      table.busyUntilMs = clock.now() + 5000;
      return ok({});
    }
    if (table.isProtected) return failed('ValidationException');
    table.exists = false;
    return ok({});
  };
  return { clock, dynamoDb, asked, table };
}

describe('what a removed stack leaves behind', () => {
  it('is the table: its protection is taken off, and it is removed as soon as DynamoDB takes it', async () => {
    const { clock, dynamoDb, asked, table } = fakeTable(true);
    await removeTable({ dynamoDb }, clock, 'sluice-test-abc234');
    expect(table.exists).toBe(false);
    expect(asked[0]).toBe('UpdateTable');
    expect(asked.filter((operation) => operation === 'DeleteTable')).toHaveLength(3);
  });

  it('is nothing where there is no table', async () => {
    const { clock, dynamoDb } = fakeTable(false);
    await removeTable({ dynamoDb }, clock, 'sluice-test-abc234');
  });

  it('is said where the table may not be touched, or does not go', async () => {
    const clock = new VirtualClock();
    const forbidden: AwsJsonApi = async () => failed('AccessDeniedException');
    await expect(removeTable({ dynamoDb: forbidden }, clock, 't')).rejects.toThrow('AWS refused dynamodb:UpdateTable');
    const stuck: AwsJsonApi = async (operation) => (operation === 'DescribeTable' ? ok({}) : failed('ResourceInUseException'));
    await expect(removeTable({ dynamoDb: stuck }, clock, 't')).rejects.toThrow('still there after 180 s');
  });

  it("is its logs, on all pages, and nobody else's", async () => {
    const all = ['/sluice/mine/begin', '/sluice/mine/abort', '/aws/vendedlogs/states/mine-rollout', '/sluice/mine2/begin'];
    const deleted: unknown[] = [];
    const logs: AwsJsonApi = async (operation, { logGroupNamePrefix, logGroupName, nextToken }) => {
      if (operation === 'DeleteLogGroup') {
        deleted.push(logGroupName);
        return ok({});
      }
      const found = all.filter((name) => name.startsWith(String(logGroupNamePrefix)));
      const [first, second] = found;
      if (second === undefined || first === undefined) return ok({ logGroups: found.map((name) => ({ logGroupName: name })) });
      return nextToken === undefined
        ? ok({ logGroups: [{ logGroupName: first }], nextToken: '2' })
        : ok({ logGroups: [{ logGroupName: second }] });
    };
    await removeLogGroups({ logs }, 'mine');
    expect(deleted).toEqual(['/sluice/mine/begin', '/sluice/mine/abort', '/aws/vendedlogs/states/mine-rollout']);
  });
});
