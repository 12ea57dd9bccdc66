import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import { metricUnits } from '../../runtime/metrics.ts';
import { functionSetups } from '../../stacks/functions.ts';
import { Observability, type ObservabilityProps } from '../../stacks/observability.ts';
import { sum } from '../bench/statistics.ts';

const arn = (name: string) => `arn:aws:states:eu-west-1:111122223333:stateMachine:${name}`;

const named = (prefix: string, setups: readonly { readonly name: string; readonly file: string }[]) =>
  Object.fromEntries(setups.map(({ name, file }) => [name, { functionName: `${prefix}-${file}` }]));
/** There with what they serve, and not always. */
const doors = [
  { name: 'ReceiveAlerts', file: 'receive-alerts' },
  { name: 'ReceiveWebhook', file: 'receive-webhook' },
];
const withoutDoors = functionSetups.filter(({ name }) => !doors.some((door) => door.name === name));

function props(change: Partial<ObservabilityProps> = {}): ObservabilityProps {
  const { prefix = 'sluice' } = change;
  return {
    prefix,
    functions: named(prefix, [...withoutDoors, ...doors]),
    machines: { rollout: { stateMachineArn: arn(`${prefix}-rollout`) }, rollback: { stateMachineArn: arn(`${prefix}-rollback`) } },
    deadLetterQueue: { queueName: `${prefix}-dead-letters` },
    table: { tableName: prefix },
    ...change,
  };
}

function synth(change?: Partial<ObservabilityProps>): Template {
  const stack = new Stack(new App(), 'sluice', { env: { account: '111122223333', region: 'eu-west-1' } });
  new Observability(stack, 'Observability', props(change));
  return Template.fromStack(stack);
}

interface MetricStat {
  readonly Metric: {
    readonly Namespace: string;
    readonly MetricName: string;
    readonly Dimensions: readonly { Name: string; Value: string }[];
  };
}
interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly unknown[];
  readonly OKActions: readonly unknown[];
  readonly TreatMissingData: string;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly Metrics?: readonly { readonly Expression?: string; readonly MetricStat?: MetricStat }[];
}

const alarmsOf = (template: Template) =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties as AlarmProperties);
const dashboardOf = (template: Template) =>
  JSON.stringify(Object.values(template.findResources('AWS::CloudWatch::Dashboard')).map(({ Properties }) => Properties.DashboardBody));
/** Each metric that an alarm refers to is charged for: those of an expression one by one. */
const chargedMetrics = (alarms: readonly AlarmProperties[]) =>
  sum(alarms.map(({ Metrics }) => (Metrics === undefined ? 1 : Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length)));

const runbook = readFileSync(new URL('../../docs/runbook/alarms.md', import.meta.url), 'utf8');
const anchors = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'));
const entryOf = (anchor: string) =>
  runbook.split(/^## /m).find((text) => text.split('\n')[0]?.toLowerCase().replaceAll(' ', '-') === anchor) ?? '';

const full = synth();
const alarms = alarmsOf(full);

describe('alarms on Sluice itself', () => {
  it('are these, by the name of the deployment', () => {
    expect(alarms.map(({ AlarmName, TreatMissingData }) => `${AlarmName}: missing is ${TreatMissingData}`).toSorted()).toEqual([
      'sluice-alarm-to-safe-split: missing is notBreaching',
      'sluice-alert-door-errors: missing is notBreaching',
      'sluice-dead-letters: missing is ignore',
      'sluice-door-errors: missing is notBreaching',
      'sluice-door-latency: missing is notBreaching',
      'sluice-failed-rollbacks: missing is notBreaching',
      'sluice-stuck-rollouts: missing is notBreaching',
      'sluice-sweep-did-not-run: missing is breaching',
      'sluice-sweep-errors: missing is notBreaching',
    ]);
  });

  it.each(alarms)('$AlarmName pages people when it fires and when it is over', ({ AlarmActions, OKActions }) => {
    const pages = [{ Ref: Object.keys(full.findResources('AWS::SNS::Topic'))[0] }];
    expect({ AlarmActions, OKActions }).toEqual({ AlarmActions: pages, OKActions: pages });
  });

  it.each(alarms)('$AlarmName links to an entry of the runbook that says what to do', ({ AlarmName, AlarmDescription }) => {
    const [, anchor = ''] = / What to do: docs\/runbook\/alarms\.md#(\S+)$/.exec(AlarmDescription) ?? [];
    expect(AlarmName).toBe(`sluice-${anchor}`);
    expect(anchors).toContain(anchor);
    for (const part of ['What it means.', 'What Sluice did.', 'Look at.', 'Do.', 'By hand, without Sluice.']) {
      expect(entryOf(anchor)).toContain(`**${part}**`);
    }
  });

  it('link to where the runbook is served, where the context says so', () => {
    const [first] = alarmsOf(synth({ runbookUrl: 'https://docs.example.com/sluice/runbook' }));
    expect(first?.AlarmDescription).toContain('https://docs.example.com/sluice/runbook#failed-rollbacks');
  });

  it.each([
    [[], undefined],
    [doors.slice(0, 1), ['sluice-receive-alerts']],
    [doors, ['sluice-receive-alerts', 'sluice-receive-webhook']],
  ])('watch the doors for alerts that there are, all in one', (there, watched) => {
    const template = synth({ functions: named('sluice', [...withoutDoors, ...there]) });
    const [alarm] = alarmsOf(template).filter(({ AlarmName }) => AlarmName === 'sluice-alert-door-errors');
    const names = alarm?.Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric.Dimensions[0]?.Value ?? []);
    expect(names && [...new Set(names)]).toEqual(watched);
  });

  it('watch the sweep by what Lambda counts, three minutes long', () => {
    full.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'sluice-sweep-did-not-run',
      MetricName: 'Invocations',
      Dimensions: [{ Name: 'FunctionName', Value: 'sluice-sweep' }],
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
    });
  });

  it('look back further than they need bad minutes where missing values are filled: a value that comes late finds 0 in its place', () => {
    const filled = alarms.filter(({ Metrics = [] }) => Metrics.some(({ Expression = '' }) => Expression.includes('FILL')));
    expect(filled.length).toBeGreaterThan(3);
    expect(filled.filter(({ EvaluationPeriods, DatapointsToAlarm }) => EvaluationPeriods - DatapointsToAlarm < 3)).toEqual([]);
  });

  it('watch the rollback machine for every end but a good one', () => {
    const [failed] = alarms.filter(({ AlarmName }) => AlarmName === 'sluice-failed-rollbacks');
    const watched = failed?.Metrics?.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]));
    expect(watched?.map(({ MetricName }) => MetricName)).toEqual(['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted']);
    expect(new Set(watched?.map(({ Dimensions }) => Dimensions[0]?.Value))).toEqual(new Set([arn('sluice-rollback')]));
  });

  it('ask only for metrics of Sluice that are sent', () => {
    const asked = [...JSON.stringify(full.toJSON()).matchAll(/Sluice\\*",\\*"(\w+)\\*",\\*"deployment/g)].map(([, name]) => name);
    const inAlarms = alarms.flatMap(({ Namespace, MetricName, Metrics = [] }) => [
      ...(Namespace === 'Sluice' ? [MetricName] : []),
      ...Metrics.flatMap(({ MetricStat }) => (MetricStat?.Metric.Namespace === 'Sluice' ? [MetricStat.Metric.MetricName] : [])),
    ]);
    expect(asked.length).toBeGreaterThan(5);
    expect(inAlarms.length).toBeGreaterThan(2);
    expect([...asked, ...inAlarms].filter((name) => !(String(name) in metricUnits))).toEqual([]);
  });
});

describe('how much is deployed', () => {
  it('is eight metrics under alarm and no dashboard at the level alarms, which is what a month at rest has room for', () => {
    const template = synth({ level: 'alarms' });
    expect(chargedMetrics(alarmsOf(template))).toBe(8);
    expect(chargedMetrics(alarms)).toBeGreaterThan(8);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });

  it('is the topic alone at the level none', () => {
    const template = synth({ level: 'none' });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    template.resourceCountIs('AWS::SNS::Topic', 1);
  });
});

describe('the dashboard', () => {
  it('has the name of the deployment, and every function among its errors', () => {
    full.hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: 'sluice' });
    for (const { file } of functionSetups) expect(dashboardOf(full)).toContain(`sluice-${file}`);
  });

  it('refers to no more than the fifty metrics that an account has for nothing', () => {
    const metrics = new Set(
      [...dashboardOf(full).matchAll(/\[\\*"(AWS\/\w+|Sluice)\\*",\\*"(\w+)\\*",\\*"\w+\\*",[^,\]]+/g)].map(([text]) => text),
    );
    expect(metrics.size).toBeGreaterThan(30);
    expect(metrics.size).toBeLessThanOrEqual(50);
  });

  it('says beside each row what to look for', () => {
    const texts = [...dashboardOf(full).matchAll(/markdown/g)];
    expect(texts.length).toBeGreaterThanOrEqual(5);
    expect([...dashboardOf(full).matchAll(/\*\*Look for\*\*/g)]).toHaveLength(texts.length);
  });
});

describe('the topic that pages people', () => {
  it('takes alarms of this account only, and nothing without TLS', () => {
    full.hasResourceProperties('AWS::SNS::Topic', { TopicName: 'sluice-pages' });
    full.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
          }),
        ]),
      },
    });
  });

  it('is an output of the stack', () => {
    full.hasOutput('PagesTopicArn', { Value: { Ref: Match.anyValue() } });
  });

  it('is encrypted by the key that is given', () => {
    const stack = new Stack(new App(), 'sluice');
    const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/1234');
    new Observability(stack, 'Observability', props({ encryptionKey }));
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: encryptionKey.keyArn });
  });
});
