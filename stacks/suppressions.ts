import { type Stack, Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { arnsOf } from './controller/names.ts';
import type { SluiceStack } from './sluice-stack.ts';

/** Every finding of cdk-nag, of the CDK's own checks and of cfn-lint that is not mended, and why. */
export function acknowledgeFindings(stack: SluiceStack): void {
  const { controller } = stack;
  // W3005: the CDK says by DependsOn, too, that a function comes after its role, which the reference to the role says already.
  stack.templateOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['W3005'] } } };
  const arns = arnsOf(stack, controller.names);
  acknowledge(controller.deadLetters, 'AwsSolutions-SQS3', 'It is the dead-letter queue of everything else.');
  if (controller.webhookSecret !== undefined) {
    acknowledge(
      controller.webhookSecret,
      'AwsSolutions-SMG4',
      'Whoever sends alerts has a copy of it, and must change it at the same time.',
    );
  }
  acknowledge(controller, '@aws-cdk/aws-ec2:noSubnetRouteTableId', 'The subnets of the context are used by their ids only.');
  for (const made of controller.functions.values()) {
    const wide = (resource: string, reason: string) => acknowledge(made, wildcard(stack, resource), reason);
    wide('*', 'Traces, alarms and network interfaces: AWS lets nobody narrow these actions to a resource. A test lists them.');
    wide(arns.executions('rollout'), 'Executions of this machine only: their names are made when they start.');
    wide(arns.executions('rollback'), 'Executions of this machine only: their names are made when they start.');
    for (const repository of controller.repositoryArns.filter((arn) => arn.includes('*'))) {
      wide(repository, 'Whoever deployed asked for repositories by this pattern, in the context key repositories.');
    }
  }
  acknowledge(
    controller.function('ReceiveAlerts'),
    'CloudFormation-Validate::W3694',
    'The alias of a function is a Lambda too, and a reference to it is its ARN.',
  );
  for (const machine of Object.values(controller.machines)) {
    acknowledge(
      machine,
      wildcard(stack, '*'),
      'Traces and the delivery of logs: AWS lets nobody narrow these actions to a resource. A test lists them.',
    );
    for (const name of machine.invokes) {
      const { functionArn } = controller.function(name).lambda;
      acknowledge(
        machine,
        wildcard(stack, `${functionArn}:*`),
        'All versions of one function: a rollout that began before an upgrade invokes the version that it began with.',
      );
    }
  }
}

function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** The finding by cdk-nag's name, which writes references as `<LogicalId.Arn>`. */
function wildcard(stack: Stack, resource: string): string {
  return `AwsSolutions-IAM5[Resource::${Token.isUnresolved(resource) ? flatten(stack.resolve(resource)) : resource}]`;
}

function flatten(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = Object(resolved);
  if (Array.isArray(join?.[1])) return join[1].map(flatten).join('');
  return `<${Array.isArray(attribute) ? attribute.join('.') : ref}>`;
}
