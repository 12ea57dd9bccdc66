import * as z from 'zod/mini';
import type { Apis } from './apis.ts';

const groupsSchema = z.object({ logGroups: z.array(z.object({ logGroupName: z.string() })) });
const eventsSchema = z.object({ events: z.array(z.object({ timestamp: z.number(), message: z.string() })) });

/** What a function writes as an error, or what Node writes of a process that fell. */
const isError = /"level":"(ERROR|CRITICAL)"|^\s*(Uncaught |\w*Error: )/;

/** More of them tell the same again. */
const mostLines = 40;

/** The errors of a deployment's functions since then, by their logs, oldest first: for a story that did not end as it should. */
export async function functionErrors({ logs }: Pick<Apis, 'logs'>, prefix: string, sinceMs: number): Promise<readonly string[]> {
  const { logGroups } = groupsSchema.parse(await logs('DescribeLogGroups', { logGroupNamePrefix: `/aws/lambda/${prefix}-` }));
  const events = await Promise.all(
    logGroups.map(async ({ logGroupName }) => {
      const found = eventsSchema.parse(await logs('FilterLogEvents', { logGroupName, startTime: sinceMs }));
      return found.events
        .filter(({ message }) => isError.test(message))
        .map((event) => ({ ...event, from: logGroupName.slice('/aws/lambda/'.length) }));
    }),
  );
  const inOrder = events.flat().sort((one, other) => one.timestamp - other.timestamp);
  return inOrder
    .slice(-mostLines)
    .map(({ timestamp, from, message }) => `${new Date(timestamp).toISOString()} ${from}: ${message.trim().slice(0, 1000)}`);
}
