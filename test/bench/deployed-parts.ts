import * as z from 'zod/mini';
import { functionSetups } from '../../stacks/functions.ts';
import { synthesise } from '../stacks/synthesised.ts';

/** What a deployment has that costs by the month, counted from its template. */
export interface DeployedParts {
  readonly alarmMetrics: number;
  readonly dashboards: number;
  readonly secrets: number;
  /** Whether each run of the sweep is a trace of its own. */
  readonly sweepIsTraced: boolean;
}

const alarm = z.looseObject({ Metrics: z.optional(z.array(z.looseObject({ MetricStat: z.optional(z.unknown()) }))) });

/** An alarm costs by the metrics that it refers to: those of an expression one by one. */
export async function deployedParts(context: Readonly<Record<string, unknown>>): Promise<DeployedParts> {
  const { of } = await synthesise(context);
  const metrics = of('AWS::CloudWatch::Alarm').map(({ properties }) => {
    const { Metrics } = alarm.parse(properties);
    return Metrics === undefined ? 1 : Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
  });
  const sweep = of('AWS::Lambda::Function').find(({ properties }) => String(properties['FunctionName']).endsWith('-sweep'));
  return {
    alarmMetrics: metrics.reduce((total, count) => total + count, 0),
    dashboards: of('AWS::CloudWatch::Dashboard').length,
    secrets: of('AWS::SecretsManager::Secret').length,
    sweepIsTraced: JSON.stringify(sweep?.properties['TracingConfig'] ?? '').includes('Active'),
  };
}

/**
 * The services of AWS that functions inside a VPC call, each of which needs an interface endpoint where there is no NAT gateway. DynamoDB
 * has a gateway endpoint, which costs nothing; logs and traces leave by Lambda's own way; tokens for EKS are signed without a call.
 */
export function servicesCalledFromVpc(): string[] {
  const actions = functionSetups
    .filter(({ cluster, name }) => cluster && name !== 'ReceiveWebhook')
    .flatMap(({ permissions }) => permissions.flatMap((permission) => permission.actions));
  const services = new Set(actions.map((action) => action.split(':')[0] ?? ''));
  services.delete('dynamodb');
  return [...services].map((service) => endpointNames[service] ?? service).toSorted();
}

/** Where an endpoint is not called as the service is in permissions. */
const endpointNames: Readonly<Record<string, string>> = { aps: 'aps-workspaces', cloudwatch: 'monitoring', ecr: 'ecr.api' };
