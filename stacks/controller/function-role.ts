import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { FunctionSetup } from '../functions.ts';
import type { Resource } from '../permissions.ts';
import { useKeyThrough } from './key.ts';

/** The ARNs behind the words of permissions.ts. Empty where the deployment has none of them: the permission is then left out. */
export type ResourceArns = Readonly<Record<Resource, readonly string[]>>;

export interface FunctionRoleProps {
  readonly setup: FunctionSetup;
  readonly resources: ResourceArns;
  readonly functionArn: string;
  readonly logGroup: ILogGroup;
  /** Where events go that could not be handled; only for functions that are called asynchronously. */
  readonly deadLetters: IQueue | undefined;
  readonly inVpc: boolean;
  readonly key: IKey | undefined;
}

/**
 * The role of one function: its line of functions.ts, and what every Lambda needs to run. All of it stands in this one
 * document; the CDK adds nothing, since the role is handed on `withoutPolicyUpdates`.
 */
export function functionRole(scope: Construct, props: FunctionRoleProps): Role {
  const statements = [...ownStatements(props), ...runStatements(props), ...keyStatements(scope, props)];
  return new Role(scope, `${props.setup.name}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `What ${props.setup.name} of ${Stack.of(scope).stackName} may do.`,
    inlinePolicies: { Sluice: new PolicyDocument({ statements }) },
  });
}

/** The line of functions.ts. */
function ownStatements({ setup, resources }: FunctionRoleProps): PolicyStatement[] {
  return setup.permissions
    .map(({ actions, on }) => ({ actions: [...actions], resources: [...resources[on]] }))
    .filter(({ resources: arns }) => arns.length > 0)
    .map((statement) => new PolicyStatement(statement));
}

/** What the service itself does with the role: logs, traces, dead letters, network interfaces. */
function runStatements({ logGroup, deadLetters, inVpc, functionArn }: FunctionRoleProps): PolicyStatement[] {
  const allow = (resources: string[], ...actions: string[]) => new PolicyStatement({ actions, resources });
  return [
    allow([logGroup.logGroupArn], 'logs:CreateLogStream', 'logs:PutLogEvents'),
    allow(['*'], 'xray:PutTraceSegments', 'xray:PutTelemetryRecords'),
    ...(deadLetters === undefined ? [] : [allow([deadLetters.queueArn], 'sqs:SendMessage')]),
    ...(inVpc ? [allow(['*'], ...networkActions), networkDenial(functionArn)] : []),
  ];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
const networkActions = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Lambda needs these before the function runs; the function's code never does, and AWS advises to deny it them. */
function networkDenial(functionArn: string): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    actions: networkActions,
    resources: ['*'],
    conditions: { ArnEquals: { 'lambda:SourceFunctionArn': [functionArn] } },
  });
}

/** With a key of the user's own: the table's through DynamoDB, the queue's through SQS. */
function keyStatements(scope: Construct, { setup, key, deadLetters }: FunctionRoleProps): PolicyStatement[] {
  if (key === undefined) return [];
  const through = (service: string, ...actions: string[]) => useKeyThrough(scope, key, service, ...actions);
  const usesTable = setup.permissions.some(({ on }) => on === 'table');
  const usesMachines = setup.permissions.some(({ on }) => /Machine$|Executions$/.test(on));
  return [
    ...(usesTable
      ? [
          through(
            'dynamodb',
            'kms:Decrypt',
            'kms:DescribeKey',
            'kms:Encrypt',
            'kms:GenerateDataKey',
            'kms:ReEncryptFrom',
            'kms:ReEncryptTo',
          ),
        ]
      : []),
    ...(usesMachines ? [through('states', 'kms:Decrypt', 'kms:GenerateDataKey')] : []),
    ...(setup.permissions.some(({ on }) => on === 'webhookSecret') ? [through('secretsmanager', 'kms:Decrypt')] : []),
    ...(deadLetters === undefined ? [] : [through('sqs', 'kms:Decrypt', 'kms:GenerateDataKey')]),
  ];
}
