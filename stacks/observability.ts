import { CfnOutput } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarmSetups, createAlarm } from './observability/alarms.ts';
import { createDashboard } from './observability/dashboard.ts';
import { createPagesTopic } from './observability/pages-topic.ts';

/**
 * How much of this is deployed, since CloudWatch charges by the alarm and by the dashboard (docs/deploy.md has the sums):
 * nothing but the topic, the alarms without which a service could be left alone and nobody know, or all of it.
 */
export const observabilityLevels = ['none', 'alarms', 'full'] as const;
export type ObservabilityLevel = (typeof observabilityLevels)[number];

/** Where the runbook is: a path in this repository, unless `runbookUrl` in cdk.json says where it is served. */
export const defaultRunbookUrl = 'docs/runbook/alarms.md';

/** What is watched, by the names that CloudWatch's metrics have as dimensions. CDK's constructs have these fields. */
export interface Watched {
  readonly prefix: string;
  /** By name, as in stacks/functions.ts: `Abort`, `Sweep`. `Abort` and `Sweep` must be among them. */
  readonly functions: Readonly<Record<string, { readonly functionName: string }>>;
  readonly machines: Readonly<Record<'rollout' | 'rollback', { readonly stateMachineArn: string }>>;
  readonly deadLetterQueue: { readonly queueName: string };
  readonly table: { readonly tableName: string };
}

export interface ObservabilityProps extends Watched {
  readonly level?: ObservabilityLevel;
  /** Without an anchor; alarms add theirs. */
  readonly runbookUrl?: string;
  /** For the topic. Its policy must let cloudwatch.amazonaws.com use it (kms:Decrypt, kms:GenerateDataKey*), or no page is sent. */
  readonly encryptionKey?: IKey | undefined;
}

/** The dashboard of Sluice, alarms on Sluice itself, and the topic by which they page people. */
export class Observability extends Construct {
  /** `<prefix>-pages`: people subscribe to it. Its ARN is the stack's output `PagesTopicArn`. */
  readonly pages: ITopic;

  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id);
    const { level = 'full', runbookUrl = defaultRunbookUrl } = props;
    this.pages = createPagesTopic(this, props);
    const output = new CfnOutput(this, 'PagesTopicArn', {
      value: this.pages.topicArn,
      description: 'Subscribe whoever is on call: the alarms on Sluice itself are sent here.',
    });
    output.overrideLogicalId('PagesTopicArn');
    if (level === 'none') return;
    const action = new SnsAction(this.pages);
    const setups = alarmSetups(props).filter((setup) => level === 'full' || setup.level === 'alarms');
    const alarms = setups.map((setup) => {
      const alarm = createAlarm(this, { ...setup, prefix: props.prefix, runbookUrl });
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
      return alarm;
    });
    if (level === 'full') createDashboard(this, props, alarms);
  }
}
