/** A service as AWS calls it in its three registers. */
export interface AwsService {
  /** In host names and signatures: `states`. */
  readonly name: string;
  /** In AWS_ENDPOINT_URL_<id>: `SFN`. */
  readonly id: string;
}

/**
 * Where a service's API is. An override goes first, the one for the service before the one for all, as in the SDKs; LocalStack
 * sets the latter inside its Lambda functions.
 *
 * @example awsEndpoint({ name: 'states', id: 'SFN' }, 'eu-west-1', {}) // 'https://states.eu-west-1.amazonaws.com'
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function awsEndpoint(service: AwsService, region: string, environment: Readonly<Record<string, string | undefined>>): string {
  const overrides = environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true' ? {} : environment;
  const override = overrides[`AWS_ENDPOINT_URL_${service.id}`] || overrides['AWS_ENDPOINT_URL'];
  return override || `https://${service.name}.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
}
