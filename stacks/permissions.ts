/**
 * What each Lambda may do in AWS, by action and by resource: the source of its role. A resource is named by what it is to Sluice;
 * the controller's construct knows its ARN. The tests hold these tables against the calls that the functions make in the scenarios.
 */

/** What a permission is for. `everything` is `*`, for actions that AWS lets nobody narrow. */
export type Resource =
  | 'table'
  | 'rolloutMachine'
  | 'rollbackMachine'
  | 'rolloutExecutions'
  | 'rollbackExecutions'
  | 'eventBus'
  | 'clusters'
  | 'repositories'
  | 'webhookSecret'
  | 'workspaces'
  | 'alertWorkspaces'
  | 'everything';

export interface Permission {
  readonly actions: readonly string[];
  readonly on: Resource;
}

const permission = (on: Resource, ...actions: string[]): Permission => ({ actions, on });

/** Strongly consistent reads of one item. */
export const readItems = permission('table', 'dynamodb:GetItem');
export const listItems = permission('table', 'dynamodb:Query');
/** A put is an update, because only an update counts the version on; the members of a transaction are authorised one by one. */
export const writeItems = permission('table', 'dynamodb:UpdateItem');
export const removeItems = permission('table', 'dynamodb:DeleteItem');
export const startRollout = permission('rolloutMachine', 'states:StartExecution');
export const startRollback = permission('rollbackMachine', 'states:StartExecution');
export const describeRollouts = permission('rolloutExecutions', 'states:DescribeExecution');
export const describeRollbacks = permission('rollbackExecutions', 'states:DescribeExecution');
export const stopRollouts = permission('rolloutExecutions', 'states:StopExecution');
export const publishEvents = permission('eventBus', 'events:PutEvents');
export const findCluster = permission('clusters', 'eks:DescribeCluster');
export const readImages = permission('repositories', 'ecr:DescribeImages');
export const readWebhookSecret = permission('webhookSecret', 'secretsmanager:GetSecretValue');
/** Of Amazon Managed Prometheus: instant queries, and those of the past. */
export const queryMetrics = permission('workspaces', 'aps:QueryMetrics');
/** Only where a spec names alerts: which fire, and which there are. */
export const readAlerts = permission('alertWorkspaces', 'aps:ListAlerts', 'aps:ListRules');
/** Its answer is empty for composite alarms unless it is allowed for `*`. */
export const readAlarms = permission('everything', 'cloudwatch:DescribeAlarms');
/** AWS grants metrics all or none. */
export const readMetrics = permission('everything', 'cloudwatch:GetMetricData');
export const listMetrics = permission('everything', 'cloudwatch:ListMetrics');
