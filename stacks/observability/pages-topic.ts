import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/**
 * The topic that pages people. A topic with a policy of its own has lost the default one, under which the account's alarms may publish, so
 * the policy says it again, for this account's alarms only.
 */
export function createPagesTopic(
  scope: Construct,
  { prefix, encryptionKey }: { readonly prefix: string; readonly encryptionKey?: IKey | undefined },
): Topic {
  const topic = new Topic(scope, 'Pages', {
    topicName: `${prefix}-pages`,
    displayName: `Sluice (${prefix})`,
    enforceSSL: true,
    ...(encryptionKey === undefined ? {} : { masterKey: encryptionKey }),
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  return topic;
}
