import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { type AwsJsonApi, createAwsJsonApi } from '../../../adapters/aws/json-api.ts';
import { systemClock } from '../../../adapters/clock.ts';
import { functionNameOf, invokeFunction } from '../../../cli/connection/aws/invoke.ts';
import { createSignedRequest } from '../../../cli/connection/aws/signed-request.ts';
import { AwsUnavailableError } from '../../../core/errors.ts';
import type { LocalStack } from '../engine/localstack.ts';

/** Calls one operation. @throws AwsUnavailableError with the API's own words. */
export type Api = (operation: string, input: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** The APIs of AWS that a story needs, as LocalStack answers them. */
export interface Apis {
  readonly states: Api;
  readonly events: Api;
  readonly sqs: Api;
  readonly sns: (form: Readonly<Record<string, string>>) => Promise<void>;
  readonly dynamodb: Api;
  /** For the store's adapter, which wants to see failures. */
  readonly dynamodbCall: AwsJsonApi;
  readonly cloudWatch: CloudWatchClient;
  readonly logs: Api;
  /** Lambda's Invoke, of a function of a deployment by the name of its state or door. */
  invoke(prefix: string, name: string, input: unknown): Promise<unknown>;
  readonly account: string;
  readonly region: string;
  close(): void;
}

/** Long enough for an emulator that shares two cores with what it emulates. */
const timeoutMs = 30_000;

export function connectApis({
  endpoint,
  region,
  account,
  credentials,
}: Pick<LocalStack, 'endpoint' | 'region' | 'account' | 'credentials'>): Apis {
  const settings = { region, endpoint, credentials: async () => credentials, clock: systemClock };
  const callOf = (service: string, targetPrefix: string, jsonVersion: '1.0' | '1.1' = '1.0'): AwsJsonApi =>
    createAwsJsonApi({ ...settings, fetch, service, targetPrefix, jsonVersion, timeoutMs });
  const lambda = createSignedRequest({ ...settings, fetch, service: 'lambda' });
  const snsRequest = createSignedRequest({ ...settings, fetch, service: 'sns' });
  const dynamodbCall = callOf('dynamodb', 'DynamoDB_20120810');
  const cloudWatch = new CloudWatchClient({ region, endpoint, credentials, maxAttempts: 3 });
  return {
    states: throwing(callOf('states', 'AWSStepFunctions')),
    events: throwing(callOf('events', 'AWSEvents', '1.1')),
    sqs: throwing(callOf('sqs', 'AmazonSQS')),
    sns: async (form) => {
      const body = new URLSearchParams({ Version: '2010-03-31', ...form }).toString();
      const answer = await snsRequest('/', 'application/x-www-form-urlencoded', body);
      if (answer.status !== 200) throw refused(`SNS ${form['Action']}`, answer.text);
    },
    dynamodb: throwing(dynamodbCall),
    dynamodbCall,
    cloudWatch,
    logs: throwing(callOf('logs', 'Logs_20140328', '1.1')),
    invoke: (prefix, name, input) => invokeFunction(lambda, functionNameOf(prefix, name), input),
    account,
    region,
    close: () => cloudWatch.destroy(),
  };
}

function throwing(call: AwsJsonApi): Api {
  return async (operation, input) => {
    const answer = await call(operation, input);
    if (answer.status === 'failed') throw refused(operation, `${answer.failure.name}, ${answer.failure.message}`);
    return answer.output;
  };
}

function refused(what: string, why: string): AwsUnavailableError {
  return new AwsUnavailableError(`LocalStack did not do ${what}: ${why}.`, { remedy: 'Read what LocalStack wrote.' });
}
