import { CfnOutput, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Controller } from './controller/controller.ts';

/**
 * The topic that Amazon Managed Prometheus and Alertmanager send their alerts to, by `sns_configs`. Managed Prometheus publishes by the
 * topic's policy; an Alertmanager of your own by its role, which needs `sns:Publish` on it.
 */
export class Alerts extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, controller: Controller) {
    super(scope, id);
    const { key, names, deadLetters } = controller;
    this.topic = new Topic(this, 'Topic', {
      topicName: names.alerts,
      displayName: `Alerts for Sluice (${names.prefix})`,
      enforceSSL: true,
      ...(key === undefined ? {} : { masterKey: key }),
    });
    this.letManagedPrometheusPublish();
    this.topic.addSubscription(new LambdaSubscription(controller.live('ReceiveAlerts'), { deadLetterQueue: deadLetters }));
    new CfnOutput(this, 'AlertsTopic', {
      value: this.topic.topicArn,
      description: 'Put it into the sns_configs of Alertmanager or of Amazon Managed Prometheus.',
    }).overrideLogicalId('AlertsTopic');
  }

  /** https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-alertmanager-receiver-AWSpermission.html */
  private letManagedPrometheusPublish(): void {
    const stack = Stack.of(this);
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'WorkspacesOfThisAccount',
        principals: [new ServicePrincipal('aps.amazonaws.com')],
        actions: ['sns:Publish', 'sns:GetTopicAttributes'],
        resources: [this.topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'aps', resource: 'workspace', resourceName: '*' }) },
        },
      }),
    );
  }
}
