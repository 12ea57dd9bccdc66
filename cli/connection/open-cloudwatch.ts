import { awsEndpoint } from '../../adapters/aws/endpoint.ts';
import { type AwsJsonApi, createAwsJsonApi } from '../../adapters/aws/json-api.ts';
import { systemClock } from '../../adapters/clock.ts';
import { cloudWatchApi } from '../../adapters/metrics/cloudwatch-pages.ts';
import { InvalidInputError } from '../../core/errors.ts';
import type { Io } from '../output/io.ts';
import { personsCredentials } from './open-prometheus.ts';

/**
 * CloudWatch's API, by the person's own credentials, and the region that is asked.
 *
 * @param given What --region says.
 * @throws InvalidInputError without a region.
 */
export function openCloudWatch({ environment }: Pick<Io, 'environment'>, given: string | undefined): { call: AwsJsonApi; region: string } {
  const region = given ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  if (region === undefined || region === '') {
    throw new InvalidInputError('It is not known in which region the metrics are.', { remedy: 'Give --region, or set AWS_REGION.' });
  }
  const { service, targetPrefix } = cloudWatchApi;
  const call = createAwsJsonApi({
    service: service.name,
    region,
    targetPrefix,
    endpoint: awsEndpoint(service, region, environment),
    credentials: personsCredentials(),
    fetch: globalThis.fetch,
    clock: systemClock,
    timeoutMs: 10_000,
  });
  return { call, region };
}
