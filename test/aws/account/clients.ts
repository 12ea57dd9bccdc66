import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ECRClient } from '@aws-sdk/client-ecr';
import { EKSClient } from '@aws-sdk/client-eks';
import type { AwsCredentialsProvider } from '../../../adapters/aws/credentials.ts';
import { type AwsService, awsEndpoint } from '../../../adapters/aws/endpoint.ts';
import { type AwsJsonApi, createAwsJsonApi } from '../../../adapters/aws/json-api.ts';
import { createSignedRequest, type SignedAnswer, type SignedFetch } from '../../../cli/connection/aws/signed-request.ts';
import { AwsUnavailableError, InvalidInputError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports.ts';

export interface ClientSetting {
  /** AWS_REGION, or AWS_DEFAULT_REGION, where left out. */
  readonly region: string | undefined;
  /** AWS_ENDPOINT_URL in it leads all clients elsewhere. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly credentials: AwsCredentialsProvider;
  readonly fetch: SignedFetch;
  readonly clock: Clock;
}

export type SignedPost = (path: string, contentType: string, body: string) => Promise<SignedAnswer>;

/** Every API of AWS that the test itself speaks with, as the person who runs it. */
export interface Clients {
  readonly setting: ClientSetting;
  readonly region: string;
  readonly eks: EKSClient;
  readonly ecr: ECRClient;
  readonly cloudWatch: CloudWatchClient;
  readonly sts: SignedPost;
  readonly cloudFormation: SignedPost;
  readonly ssm: AwsJsonApi;
  readonly logs: AwsJsonApi;
  readonly dynamoDb: AwsJsonApi;
  readonly states: AwsJsonApi;
}

/** @throws InvalidInputError where nothing says which region. */
export function createClients(setting: ClientSetting): Clients {
  const { environment, credentials } = setting;
  const region = setting.region || environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'];
  if (!region) {
    throw new InvalidInputError('It is not known in which region the cluster is.', { remedy: 'Give --region, or set AWS_REGION.' });
  }
  const of = (service: AwsService) => ({ ...setting, region, service: service.name, endpoint: awsEndpoint(service, region, environment) });
  const json = (service: AwsService, targetPrefix: string, jsonVersion: '1.0' | '1.1') =>
    createAwsJsonApi({ ...of(service), targetPrefix, jsonVersion, timeoutMs: 15_000 });
  const sdk = { region, credentials };
  return {
    setting,
    region,
    eks: new EKSClient(sdk),
    ecr: new ECRClient(sdk),
    cloudWatch: new CloudWatchClient(sdk),
    sts: createSignedRequest(of({ name: 'sts', id: 'STS' })),
    cloudFormation: createSignedRequest(of({ name: 'cloudformation', id: 'CLOUDFORMATION' })),
    ssm: json({ name: 'ssm', id: 'SSM' }, 'AmazonSSM', '1.1'),
    logs: json({ name: 'logs', id: 'CLOUDWATCH_LOGS' }, 'Logs_20140328', '1.1'),
    dynamoDb: json({ name: 'dynamodb', id: 'DYNAMODB' }, 'DynamoDB_20120810', '1.0'),
    states: json({ name: 'states', id: 'SFN' }, 'AWSStepFunctions', '1.0'),
  };
}

/** What an SDK client answers; its refusal as a named error that says which right may be missing. */
export async function asking<T>(permission: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    const why = cause instanceof Error ? `${cause.name}, ${cause.message}` : String(cause);
    throw new AwsUnavailableError(`AWS refused ${permission}: ${why}.`, {
      remedy: `See that you may do ${permission}; docs/test-aws.md lists all rights that are needed.`,
      cause,
    });
  }
}

/** The same for a thin client; undefined where the refusal is one of `absent`: what was asked for is not there. */
export async function askingJson(
  call: AwsJsonApi,
  permission: string,
  input: Readonly<Record<string, unknown>>,
  absent: readonly string[] = [],
): Promise<unknown> {
  const answer = await call(permission.slice(permission.indexOf(':') + 1), input);
  if (answer.status === 'ok') return answer.output;
  if (absent.includes(answer.failure.name)) return undefined;
  throw new AwsUnavailableError(`AWS refused ${permission}: ${answer.failure.name}, ${answer.failure.message}.`, {
    remedy: `See that you may do ${permission}; docs/test-aws.md lists all rights that are needed.`,
    cause: answer.failure,
  });
}
