import { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/**
 * The bus that Sluice tells its transitions on. With a key of the user's own, an event may fail to be encrypted, and then goes to the
 * dead-letter queue; without one there is nothing on a bus that could fail.
 *
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html
 */
export function eventBus(
  scope: Construct,
  { eventBusName, key, deadLetters }: { readonly eventBusName: string; readonly key: IKey | undefined; readonly deadLetters: Queue },
): EventBus {
  if (key === undefined) return new EventBus(scope, 'EventBus', { eventBusName });
  const bus = new EventBus(scope, 'EventBus', { eventBusName, kmsKey: key, deadLetterQueue: deadLetters });
  deadLetters.addToResourcePolicy(
    new PolicyStatement({
      sid: 'EventBus',
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [deadLetters.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': bus.eventBusArn } },
    }),
  );
  return bus;
}
