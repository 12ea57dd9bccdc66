import { readFileSync } from 'node:fs';
import type { MachineName } from '../../core/ports.ts';
import { functionSetups } from '../../stacks/functions.ts';
import { account, arnOf, region } from './needed-permissions.ts';
import type { TemplatePermission } from './template.ts';

/** Permissions that no recording can see, because it is AWS that uses them and not the functions' code. Each row was looked at by a person. */
export interface ReviewedRow {
  /** As `permissionsIn` names it: a function in AWS, a machine, a rule, or in a resource's policy the principal. */
  readonly who: readonly string[];
  readonly effect?: 'Deny';
  readonly actions: readonly string[];
  readonly on: (who: string) => readonly string[];
  readonly where?: (who: string) => unknown;
  readonly why: string;
}

/** Which of the optional parts a template has. */
export interface Variant {
  readonly vpc: boolean;
  readonly keyArn: string | undefined;
}

const prefix = 'sluice';
const inAws = (setups: typeof functionSetups) => setups.map(({ file }) => `${prefix}-${file}`);
const everyFunction = inAws(functionSetups);
const setupOf = (who: string) => functionSetups.find(({ file }) => who === `${prefix}-${file}`);
const using = (pattern: RegExp) => inAws(functionSetups.filter(({ permissions }) => permissions.some(({ on }) => pattern.test(on))));
/** Called without anybody who waits for the answer: by rules, by alarms, by a topic, by CloudFormation. */
const asyncDoors = ['abort', 'receive-alerts', 'sweep', 'deploy-spec', 'guard-removal'].map((file) => `${prefix}-${file}`);

const functionArn = (who: string) => arnOf('lambda', `function:${who}`);
const live = (door: string) => `${functionArn(`${prefix}-${door}`)}:live`;
const deadLetters = arnOf('sqs', `${prefix}-dead-letters`);
const topic = (name: string) => arnOf('sns', `${prefix}-${name}`);
const rule = (name: string) => arnOf('events', `rule/${prefix}-${name}`);
const fromRule = (name: string) => ({ ArnEquals: { 'aws:SourceArn': rule(name) } });
const service = (name: string) => JSON.stringify({ Service: `${name}.amazonaws.com` });
const inTheClear = { Bool: { 'aws:SecureTransport': 'false' } };

const machine = (name: MachineName): ReviewedRow => {
  const text = readFileSync(new URL(`../../state-machines/${name}.asl.json`, import.meta.url), 'utf8');
  const states = new Set([...text.matchAll(/\$\{(\w+)FunctionArn\}/g)].map(([, state]) => state));
  return {
    who: [`machine ${prefix}-${name}`],
    actions: ['lambda:InvokeFunction'],
    on: () => inAws(functionSetups.filter((setup) => states.has(setup.name))).flatMap((who) => [functionArn(who), `${functionArn(who)}:*`]),
    why: 'The functions of its Tasks, in every version, since a rollout ends with the version that it began with (O6).',
  };
};

const always: readonly ReviewedRow[] = [
  {
    who: everyFunction,
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    on: (who) => [arnOf('logs', `log-group:/sluice/${prefix}/${setupOf(who)?.file}:*`)],
    why: 'Lambda itself writes what the function prints, into its own log group; the group is made by the deployment.',
  },
  {
    who: everyFunction,
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    on: () => ['*'],
    why: 'Lambda sends the trace of each call. AWS lets nobody narrow it.',
  },
  {
    who: asyncDoors,
    actions: ['sqs:SendMessage'],
    on: () => [deadLetters],
    why: 'Lambda leaves there the event of a call that failed as often as it is repeated.',
  },
  machine('rollout'),
  machine('rollback'),
  {
    who: [`machine ${prefix}-rollout`, `machine ${prefix}-rollback`],
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
    on: () => ['*'],
    why: 'Step Functions traces executions. https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html',
  },
  {
    who: [`machine ${prefix}-rollout`, `machine ${prefix}-rollback`],
    actions: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
    on: () => ['*'],
    why: 'Step Functions delivers its logs. AWS lets nobody narrow it. https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html',
  },
  {
    who: [`rule ${prefix}-image-push`],
    actions: ['states:StartExecution'],
    on: () => [arnOf('states', `stateMachine:${prefix}-rollout`)],
    why: 'EventBridge starts a rollout for a pushed image.',
  },
  {
    who: ['lambda.alarms.cloudwatch.amazonaws.com'],
    actions: ['lambda:InvokeFunction'],
    on: () => [live('abort')],
    where: () => ({ SourceArn: arnOf('cloudwatch', 'alarm:*'), SourceAccount: account }),
    why: 'An alarm of this account calls the abort door itself, as the second way beside its event.',
  },
  ...(
    [
      ['alarm-state-change', 'abort'],
      ['execution-status-change', 'sweep'],
      ['sweep', 'sweep'],
    ] as const
  ).map(
    ([name, door]): ReviewedRow => ({
      who: ['events.amazonaws.com'],
      actions: ['lambda:InvokeFunction'],
      on: () => [live(door)],
      where: () => ({ SourceArn: rule(name) }),
      why: `The rule ${name} calls the ${door} function.`,
    }),
  ),
  {
    who: ['sns.amazonaws.com'],
    actions: ['lambda:InvokeFunction'],
    on: () => [live('receive-alerts')],
    where: () => ({ SourceArn: topic('alerts') }),
    why: 'Alerts that were published to the topic reach their door.',
  },
  {
    who: ['*'],
    actions: ['lambda:InvokeFunctionUrl'],
    on: () => [live('receive-webhook')],
    where: () => ({ FunctionUrlAuthType: 'NONE' }),
    why: 'The webhook that was asked for: Alertmanager cannot sign, so the secret in its request says who calls.',
  },
  {
    who: ['*'],
    actions: ['lambda:InvokeFunction'],
    on: () => [live('receive-webhook')],
    where: () => ({ InvokedViaFunctionUrl: true }),
    why: 'The other half of what a function URL takes since October 2025; a call by the API is not let in by it.',
  },
  ...['image-push', 'alarm-state-change', 'execution-status-change', 'sweep'].map(
    (name): ReviewedRow => ({
      who: [service('events')],
      actions: ['sqs:SendMessage'],
      on: () => [deadLetters],
      where: () => fromRule(name),
      why: `EventBridge leaves there what the rule ${name} could not deliver.`,
    }),
  ),
  {
    who: [service('sns')],
    actions: ['sqs:SendMessage'],
    on: () => [deadLetters],
    where: () => ({ ArnEquals: { 'aws:SourceArn': topic('alerts') } }),
    why: 'SNS leaves there the alerts that it could not deliver.',
  },
  {
    who: [service('aps')],
    actions: ['sns:Publish', 'sns:GetTopicAttributes'],
    on: () => [topic('alerts')],
    where: () => ({
      StringEquals: { 'aws:SourceAccount': account },
      ArnLike: { 'aws:SourceArn': arnOf('aps', 'workspace/*') },
    }),
    why: 'Amazon Managed Service for Prometheus, of this account, publishes its alerts; it asks for the attributes first.',
  },
  {
    who: [service('cloudwatch')],
    actions: ['sns:Publish'],
    on: () => [topic('pages')],
    where: () => ({ StringEquals: { 'aws:SourceAccount': account } }),
    why: 'The alarms on Sluice itself page people.',
  },
  {
    who: [JSON.stringify({ AWS: '*' })],
    effect: 'Deny',
    actions: ['sqs:*'],
    on: () => [deadLetters],
    where: () => inTheClear,
    why: 'Nobody speaks to the queue but over TLS.',
  },
  {
    who: [JSON.stringify('*')],
    effect: 'Deny',
    actions: ['sns:Publish'],
    on: () => [topic('alerts'), topic('pages')],
    where: () => inTheClear,
    why: 'Nobody publishes but over TLS.',
  },
];

const networkActions = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];
const inTheVpc = inAws(functionSetups.filter(({ cluster }) => cluster));

const withVpc: readonly ReviewedRow[] = [
  {
    who: inTheVpc,
    actions: networkActions,
    on: () => ['*'],
    why: 'Lambda makes and removes the network interfaces. https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html',
  },
  {
    who: inTheVpc,
    effect: 'Deny',
    actions: networkActions,
    on: () => ['*'],
    where: (who) => ({ ArnEquals: { 'lambda:SourceFunctionArn': [functionArn(who)] } }),
    why: 'The same, denied to the code of the function, which has no use for it.',
  },
];

function withKey(keyArn: string): ReviewedRow[] {
  const through = (name: string, who: readonly string[], actions: readonly string[], why: string): ReviewedRow => ({
    who,
    actions,
    on: () => [keyArn],
    where: () => ({ StringEquals: { 'kms:ViaService': `${name}.${region}.amazonaws.com` } }),
    why,
  });
  const table = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];
  const data = ['kms:Decrypt', 'kms:GenerateDataKey'];
  return [
    through('dynamodb', using(/^table$/), table, 'DynamoDB encrypts the table with the key, in the name of whoever asks it.'),
    through(
      'states',
      [...using(/(Machine|Executions)$/), `rule ${prefix}-image-push`],
      data,
      "Step Functions encrypts executions' inputs with the key, in the name of the caller.",
    ),
    through('sqs', asyncDoors, data, 'SQS encrypts dead letters with the key, in the name of the sender.'),
    through('secretsmanager', using(/^webhookSecret$/), ['kms:Decrypt'], 'Secrets Manager decrypts the secret in the name of the reader.'),
    {
      who: [service('events')],
      actions: ['sqs:SendMessage'],
      on: () => [deadLetters],
      where: () => ({ ArnEquals: { 'aws:SourceArn': arnOf('events', `event-bus/${prefix}`) } }),
      why: 'EventBridge leaves there the events of the bus that it could not encrypt or decrypt with the key.',
    },
    {
      who: [`machine ${prefix}-rollout`, `machine ${prefix}-rollback`],
      actions: data,
      on: () => [keyArn],
      why: 'Step Functions encrypts and reads the data of running executions.',
    },
  ];
}

/** Everything in the table that a template with these parts is to have. */
export function reviewedFor({ vpc, keyArn }: Variant): TemplatePermission[] {
  const rows = [...always, ...(vpc ? withVpc : []), ...(keyArn === undefined ? [] : withKey(keyArn))];
  return rows.flatMap(({ who, effect, actions, on, where }) =>
    who.flatMap((each) =>
      actions.flatMap((action) =>
        on(each).map((resource) => ({
          who: each,
          effect: effect ?? ('Allow' as const),
          action,
          resource,
          condition: where === undefined ? '' : JSON.stringify(where(each)),
        })),
      ),
    ),
  );
}
