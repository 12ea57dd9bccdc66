import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { createAwsJsonApi } from '../../adapters/aws/json-api.ts';
import { createEventBridgeSink } from '../../adapters/events/eventbridge.ts';
import { createStepFunctionsExecutions } from '../../adapters/executions/step-functions.ts';
import { createEcrRegistry } from '../../adapters/images/ecr.ts';
import { createCloudWatchAlarmSource } from '../../adapters/metrics/cloudwatch.ts';
import { createDynamoDbStore } from '../../adapters/store/dynamodb.ts';
import { describeError } from '../../runtime/log.ts';
import { VirtualClock } from '../../sandbox/clock.ts';

const sessionToken = 'IQoJb3JpZ2luX2VjEAoaCWV1+the-planted/token==';
const message = `The Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:${sessionToken}\n'`;
const clock = new VirtualClock();
const refusing = {
  send: () => Promise.reject(Object.assign(new Error(message), { name: 'InvalidSignatureException' })),
};

/** An AWS that refuses each request with the one that it had expected: as it does where a clock is wrong, or a proxy changes a header. */
function call(service: string, targetPrefix: string) {
  const body = JSON.stringify({ __type: 'InvalidSignatureException', message });
  return createAwsJsonApi({
    ...{ service, targetPrefix, region: 'eu-west-1', endpoint: `https://${service}.eu-west-1.amazonaws.com`, clock },
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken }),
    fetch: async () => ({ status: 403, text: async () => body }),
  });
}

/** What would be logged of it, and what Lambda hands to the state machine. */
async function toldOf(act: Promise<unknown>): Promise<string> {
  const told = await act.catch((error: unknown) => ({ ...describeError(error), thrown: (error as Error).message }));
  return JSON.stringify(told);
}

describe('the token of a session that AWS repeats', () => {
  const store = createDynamoDbStore({ call: call('dynamodb', 'DynamoDB_20120810'), tableName: 'sluice', clock });
  const machines = { rollout: 'arn:aws:states:::stateMachine:rollout', rollback: 'arn:aws:states:::stateMachine:rollback' };
  const executions = createStepFunctionsExecutions({ call: call('states', 'AWSStepFunctions'), machines, clock });
  const events = createEventBridgeSink({ client: refusing, eventBusName: 'sluice', clock });
  const alarms = createCloudWatchAlarmSource(refusing as unknown as CloudWatchClient);
  const images = createEcrRegistry(() => refusing);

  it.each<[string, () => Promise<unknown>]>([
    ['DynamoDB', () => store.read({ partition: 'a', sort: 'b' })],
    ['Step Functions', () => executions.start('rollout', 'a', {})],
    ['EventBridge', () => events.publish([{ id: '1', detailType: 'Rollout Begun', atMs: 0, detail: {} }])],
    ['CloudWatch', () => alarms.read(['checkout-errors'])],
    ['ECR', () => images.resolve('111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout', 'v2')],
  ])('stands in nothing that is told of a request to %s that failed', async (_, act) => {
    const told = await toldOf(act());
    expect(told).toContain('x-amz-security-token:…');
    expect(told).not.toContain(sessionToken);
  });
});
