import { ArnFormat, type Stack } from 'aws-cdk-lib';
import type { MachineName } from '../../core/ports.ts';
import type { PrometheusWorkspace } from '../../core/spec/prometheus-workspace.ts';

/** What things are called in AWS. All begin with the prefix, so that two copies of Sluice live in one account. */
export function namesOf(prefix: string) {
  return {
    prefix,
    table: prefix,
    eventBus: prefix,
    alerts: `${prefix}-alerts`,
    pages: `${prefix}-pages`,
    deadLetters: `${prefix}-dead-letters`,
    webhookSecret: `${prefix}-webhook`,
    machine: (name: MachineName) => `${prefix}-${name}`,
    /** @param file The function's file without its ending: `set-weight`. */
    function: (file: string) => `${prefix}-${file}`,
    functionLogs: (file: string) => `/sluice/${prefix}/${file}`,
    /** AWS gives this beginning to logs that it delivers itself; elsewhere each log group makes a resource policy of limited size longer. */
    machineLogs: (name: MachineName) => `/aws/vendedlogs/states/${prefix}-${name}`,
    rule: (name: string) => `${prefix}-${name}`,
  } as const;
}

export type Names = ReturnType<typeof namesOf>;

/** ECR's hosts: the usual one, that of FIPS, those of China, and each as dual-stack. As adapters/images/ecr.ts reads them. */
const registry =
  /^(?<account>\d{12})\.dkr(?:\.ecr(?:-fips)?\.(?<plain>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?|-ecr(?:-fips)?\.(?<dual>[a-z0-9-]+)\.on\.(?:aws|amazonwebservices\.com\.cn))\/(?<name>.+)$/;

/**
 * ARNs made from names. The machines hold the versions of functions, and functions hold the machines' ARNs: were those references, the
 * template would be a circle.
 */
export function arnsOf(stack: Stack, names: Names) {
  const arn = (service: string, resource: string, resourceName: string, arnFormat: ArnFormat) =>
    stack.formatArn({ service, resource, resourceName, arnFormat });
  const { SLASH_RESOURCE_NAME, COLON_RESOURCE_NAME } = ArnFormat;
  return {
    table: arn('dynamodb', 'table', names.table, SLASH_RESOURCE_NAME),
    eventBus: arn('events', 'event-bus', names.eventBus, SLASH_RESOURCE_NAME),
    machine: (name: MachineName) => arn('states', 'stateMachine', names.machine(name), COLON_RESOURCE_NAME),
    executions: (name: MachineName) => arn('states', 'execution', `${names.machine(name)}:*`, COLON_RESOURCE_NAME),
    function: (file: string) => arn('lambda', 'function', names.function(file), COLON_RESOURCE_NAME),
    cluster: (name: string) => arn('eks', 'cluster', name, SLASH_RESOURCE_NAME),
    /** Of this account. */
    workspace: ({ id, region }: PrometheusWorkspace) =>
      stack.formatArn({ service: 'aps', region, resource: 'workspace', resourceName: id }),
    alarms: arn('cloudwatch', 'alarm', '*', COLON_RESOURCE_NAME),
    /** A name, of this account and region, or an image's repository with its registry, of any. Undefined where that is not ECR's. */
    repository: (reference: string) => {
      const { account, plain, dual, name } = registry.exec(reference)?.groups ?? {};
      const region = plain ?? dual;
      if (account !== undefined && region !== undefined && name !== undefined) {
        return stack.formatArn({ service: 'ecr', account, region, resource: 'repository', resourceName: name });
      }
      return /^[^/]*[.:][^/]*\//.test(reference) ? undefined : arn('ecr', 'repository', reference, SLASH_RESOURCE_NAME);
    },
  } as const;
}

export type Arns = ReturnType<typeof arnsOf>;
