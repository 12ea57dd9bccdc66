import { CfnOutput } from 'aws-cdk-lib';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Controller } from './controller/controller.ts';

/**
 * A URL that takes alerts from what can't sign requests for AWS. It is open to the internet, and the function compares each request with
 * the secret first; so it is there only where the context key `webhook` is true.
 */
export class Webhook extends Construct {
  constructor(scope: Construct, id: string, controller: Controller) {
    super(scope, id);
    const url = controller.live('ReceiveWebhook').addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    new CfnOutput(this, 'WebhookUrl', {
      value: url.url,
      description: `Post alerts to it, with the secret ${controller.names.webhookSecret} of Secrets Manager.`,
    }).overrideLogicalId('WebhookUrl');
  }
}
