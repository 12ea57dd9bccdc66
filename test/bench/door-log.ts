import * as z from 'zod/mini';
import { createAwsJsonApi } from '../../adapters/aws/json-api.ts';
import { systemClock } from '../../adapters/clock.ts';
import type { LocalStack } from '../localstack/engine/localstack.ts';

const answered = z.object({ events: z.array(z.object({ message: z.string(), timestamp: z.number() })) });
const doorLine = z.looseObject({ DoorMs: z.number(), AlarmToSafeSplitMs: z.number() });

/**
 * What the abort door's log says of itself, for each alarm that moved the traffic, oldest first: milliseconds from the moment at which it
 * knows the rollout until the written route is read back. LocalStack writes the logs of every function below `/aws/lambda`, whatever the template says.
 */
export async function readDoorMs({ endpoint, region, credentials }: LocalStack, functionName: string): Promise<number[]> {
  const call = createAwsJsonApi({
    service: 'logs',
    region,
    endpoint,
    credentials: async () => credentials,
    fetch,
    clock: systemClock,
    targetPrefix: 'Logs_20140328',
    jsonVersion: '1.1',
    timeoutMs: 30_000,
  });
  const answer = await call('FilterLogEvents', { logGroupName: `/aws/lambda/${functionName}`, limit: 10_000 });
  if (answer.status === 'failed') return [];
  const { events } = answered.parse(answer.output);
  return events.toSorted((a, b) => a.timestamp - b.timestamp).flatMap(({ message }) => doorMsIn(message));
}

/** @example doorMsIn('START …\n{"DoorMs":42,"AlarmToSafeSplitMs":190}\nEND …') // [42] */
export function doorMsIn(message: string): number[] {
  return message.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const parsed = doorLine.safeParse(readJson(line));
    return parsed.success ? [parsed.data.DoorMs] : [];
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
