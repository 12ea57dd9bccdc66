import * as z from 'zod/mini';

/** Where everything is in these tests: the sandbox's own account and region. */
export const account = '111122223333';
export const region = 'eu-west-1';

/** The workspace that Prometheus stands for in these tests. */
export const workspaceArn = arnOf('aps', 'workspace/ws-1a2b3c4d');

/** One permission that a request takes. */
export interface Needed {
  /** As IAM writes it: `dynamodb:UpdateItem`. */
  readonly action: string;
  /** An ARN; `*` for actions that AWS grants for everything or not at all. */
  readonly resource: string;
}

const tableInput = z.object({ TableName: z.string() });
const member = z.partialRecord(z.enum(['Update', 'Delete', 'ConditionCheck', 'Put']), tableInput);
const transaction = z.object({ TransactItems: z.array(member) });
const machineInput = z.object({ stateMachineArn: z.string() });
const executionInput = z.object({ executionArn: z.string() });
const events = z.object({ Entries: z.array(z.object({ EventBusName: z.string() })) });
const images = z.object({ registryId: z.string(), repositoryName: z.string() });
const cluster = z.object({ name: z.string() });

const memberActions = { Update: 'UpdateItem', Delete: 'DeleteItem', ConditionCheck: 'ConditionCheckItem', Put: 'PutItem' } as const;

/**
 * The permissions that a request to AWS takes. A transaction takes none of its own: its members are authorised one by one.
 *
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/, and for transactions
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 * @throws Error for a request whose permissions are not written down here yet.
 */
export function neededFor(service: string, operation: string, input: unknown): Needed[] {
  const action = `${service}:${operation}`;
  switch (action) {
    case 'dynamodb:TransactWriteItems':
      return transaction.parse(input).TransactItems.flatMap((item) =>
        Object.entries(item).map(([kind, { TableName }]) => ({
          action: `dynamodb:${memberActions[kind as keyof typeof memberActions]}`,
          resource: tableArn(TableName),
        })),
      );
    case 'dynamodb:GetItem':
    case 'dynamodb:Query':
    case 'dynamodb:UpdateItem':
    case 'dynamodb:DeleteItem':
      return [{ action, resource: tableArn(tableInput.parse(input).TableName) }];
    case 'states:StartExecution':
      return [{ action, resource: machineInput.parse(input).stateMachineArn }];
    case 'states:DescribeExecution':
    case 'states:StopExecution':
      return [{ action, resource: executionInput.parse(input).executionArn }];
    case 'events:PutEvents':
      return events.parse(input).Entries.map(({ EventBusName }) => ({ action, resource: arnOf('events', `event-bus/${EventBusName}`) }));
    case 'ecr:DescribeImages': {
      const { registryId, repositoryName } = images.parse(input);
      return [{ action, resource: `arn:aws:ecr:${region}:${registryId}:repository/${repositoryName}` }];
    }
    case 'eks:DescribeCluster':
      return [{ action, resource: arnOf('eks', `cluster/${cluster.parse(input).name}`) }];
    case 'secretsmanager:GetSecretValue':
      return [{ action, resource: z.object({ SecretId: z.string() }).parse(input).SecretId }];
    case 'aps:QueryMetrics':
    case 'aps:ListAlerts':
    case 'aps:ListRules':
      return [{ action, resource: workspaceArn }];
    case 'cloudwatch:DescribeAlarms':
    case 'cloudwatch:GetMetricData':
    case 'cloudwatch:ListMetrics':
      return [{ action, resource: '*' }];
    default:
      throw new Error(`It is not written down which permissions ${action} takes: see test/privileges/needed-permissions.ts.`);
  }
}

export function arnOf(service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}

function tableArn(name: string): string {
  return arnOf('dynamodb', `table/${name}`);
}
