import { environmentCredentials } from '../../adapters/aws/credentials.ts';
import { type AwsService, awsEndpoint } from '../../adapters/aws/endpoint.ts';
import { type AwsJsonApi, type AwsJsonApiOptions, createAwsJsonApi } from '../../adapters/aws/json-api.ts';
import { systemClock } from '../../adapters/clock.ts';
import { readVariable } from '../environment.ts';

/** A service that speaks AWS's JSON protocol, as a Lambda reaches it. */
export function awsJsonApi(
  service: AwsService,
  targetPrefix: string,
  options: Pick<AwsJsonApiOptions, 'timeoutMs' | 'jsonVersion'> = {},
): AwsJsonApi {
  const region = readVariable('region');
  return createAwsJsonApi({
    service: service.name,
    region,
    targetPrefix,
    endpoint: awsEndpoint(service, region, process.env),
    credentials: environmentCredentials(process.env),
    fetch: globalThis.fetch,
    clock: systemClock,
    ...options,
  });
}
