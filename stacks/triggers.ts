import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { type EventPattern, type IRuleTarget, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SfnStateMachine, type TargetBaseProps } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { eventPatterns, executionStatusChange, sweepEverySeconds } from '../runtime/event-patterns.ts';
import type { Controller } from './controller/controller.ts';
import { useKeyThrough } from './controller/key.ts';
import { arnsOf } from './controller/names.ts';

/**
 * What starts Sluice: four rules, however many services there are, and the leave for alarms to call the abort door themselves. Events
 * that could not be delivered go to the dead-letter queue; what they would have said, the sweep finds by itself.
 */
export class Triggers extends Construct {
  constructor(scope: Construct, id: string, controller: Controller) {
    super(scope, id);
    const abort = controller.live('Abort');
    const sweep = controller.live('Sweep');
    this.addRule(controller, 'image-push', eventPatterns.imagePush, this.startRollout(controller));
    this.addRule(controller, 'alarm-state-change', eventPatterns.alarmStateChange, new LambdaFunction(abort, delivery(controller, 60)));
    this.addRule(
      controller,
      'execution-status-change',
      executionStatusChange(controller.machines.rollout.stateMachine.stateMachineArn),
      new LambdaFunction(sweep, delivery(controller, 10)),
    );
    new Rule(this, 'Sweep', {
      ruleName: controller.names.rule('sweep'),
      schedule: Schedule.rate(Duration.seconds(sweepEverySeconds)),
      targets: [new LambdaFunction(sweep, delivery(controller, 1))],
    });
    this.letAlarmsCall(abort, controller);
    // The functions know the store by its name only, and would be called before there is one.
    this.node.addDependency(controller.store);
  }

  private addRule(controller: Controller, name: string, pattern: Readonly<Record<string, unknown>>, target: IRuleTarget): void {
    const constructId = name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
    new Rule(this, constructId, { ruleName: controller.names.rule(name), eventPattern: toEventPattern(pattern), targets: [target] });
  }

  private startRollout(controller: Controller): SfnStateMachine {
    const { stateMachine } = controller.machines.rollout;
    const role = new Role(this, 'StartRolloutRole', {
      assumedBy: new ServicePrincipal('events.amazonaws.com'),
      description: `Lets a pushed image start a rollout of ${controller.names.prefix}.`,
      inlinePolicies: {
        Sluice: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachine.stateMachineArn] }),
            ...(controller.key === undefined ? [] : [useKeyThrough(this, controller.key, 'states', 'kms:Decrypt', 'kms:GenerateDataKey')]),
          ],
        }),
      },
    });
    return new SfnStateMachine(stateMachine, { ...delivery(controller, 60), role: role.withoutPolicyUpdates() });
  }

  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
  private letAlarmsCall(abort: IFunction, { names }: Controller): void {
    const stack = Stack.of(this);
    abort.addPermission('Alarms', {
      principal: new ServicePrincipal('lambda.alarms.cloudwatch.amazonaws.com'),
      sourceAccount: stack.account,
      sourceArn: arnsOf(stack, names).alarms,
    });
    new CfnOutput(this, 'AlarmAction', {
      value: abort.functionArn,
      description: 'Put it into the alarm actions of the alarms that your specs name: a second way to the abort door.',
    }).overrideLogicalId('AlarmAction');
  }
}

/** How EventBridge repeats a delivery that the target did not take, and where it leaves it after that. */
function delivery(controller: Controller, maxAgeMinutes: number): TargetBaseProps {
  return { deadLetterQueue: controller.deadLetters, retryAttempts: 20, maxEventAge: Duration.minutes(maxAgeMinutes) };
}

/** The same pattern in the CDK's spelling. */
function toEventPattern(pattern: Readonly<Record<string, unknown>>): EventPattern {
  const { 'detail-type': detailType, ...rest } = pattern;
  return { ...rest, ...(Array.isArray(detailType) ? { detailType } : {}) };
}
