import { functionSetups } from '../../stacks/functions.ts';
import type { Resource } from '../../stacks/permissions.ts';
import type { Grant } from './iam.ts';
import type { Roles } from './ledger.ts';
import { arnOf, workspaceArn } from './needed-permissions.ts';

const arns: Readonly<Record<Resource, string>> = {
  table: arnOf('dynamodb', 'table/sluice'),
  rolloutMachine: arnOf('states', 'stateMachine:sluice-rollout'),
  rollbackMachine: arnOf('states', 'stateMachine:sluice-rollback'),
  rolloutExecutions: arnOf('states', 'execution:sluice-rollout:*'),
  rollbackExecutions: arnOf('states', 'execution:sluice-rollback:*'),
  eventBus: arnOf('events', 'event-bus/sluice'),
  clusters: arnOf('eks', 'cluster/sandbox'),
  repositories: arnOf('ecr', 'repository/shop/*'),
  webhookSecret: arnOf('secretsmanager', 'secret:sluice-webhook-AbCdEf'),
  workspaces: workspaceArn,
  alertWorkspaces: workspaceArn,
  everything: '*',
};

/**
 * The roles as stacks/functions.ts has them, for scenarios that need not wait for a synthesis. That the template gives the same is a test
 * of its own.
 */
export const tableRoles: Roles = new Map(
  functionSetups.map(({ name, permissions }) => [
    name,
    permissions.flatMap(({ actions, on }) => actions.map((action): Grant => ({ action, resource: arns[on] }))),
  ]),
);

export const tableEntries: ReadonlySet<string> = new Set(functionSetups.filter(({ cluster }) => cluster).map(({ name }) => name));
