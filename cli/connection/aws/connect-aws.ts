import * as z from 'zod/mini';
import type { AwsCredentialsProvider } from '../../../adapters/aws/credentials.ts';
import { type AwsService, awsEndpoint } from '../../../adapters/aws/endpoint.ts';
import { type AwsJsonApi, createAwsJsonApi } from '../../../adapters/aws/json-api.ts';
import { createStepFunctionsExecutions, executionArnOf } from '../../../adapters/executions/step-functions.ts';
import { createDynamoDbStore } from '../../../adapters/store/dynamodb.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import type { Clock, Executions } from '../../../core/ports.ts';
import type { Connection, ExecutionState } from '../connection.ts';
import { connectTo } from '../controller.ts';
import { readCallerIdentity } from './caller-identity.ts';
import { functionNameOf, invokeFunction } from './invoke.ts';
import { createSignedRequest, type SignedFetch } from './signed-request.ts';

export interface AwsConnectionOptions {
  readonly region: string | undefined;
  /** What the names of the deployment begin with. */
  readonly prefix: string;
  /** For endpoint overrides: AWS_ENDPOINT_URL and the like. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly credentials: AwsCredentialsProvider;
  readonly fetch: SignedFetch;
  readonly clock: Clock;
}

/**
 * A controller on AWS: its functions by name, its machines by their ARNs, its table. Asks STS once, for the account and for who is
 * recorded as the one who asked.
 *
 * @throws InvalidInputError without a region, NotFoundError without credentials.
 */
export async function connectAws(options: AwsConnectionOptions): Promise<Connection> {
  const { prefix, clock } = options;
  const region = options.region ?? options.environment['AWS_REGION'] ?? options.environment['AWS_DEFAULT_REGION'];
  if (region === undefined || region === '') {
    throw new InvalidInputError('It is not known in which region the controller is.', {
      remedy: 'Give --region, or set AWS_REGION; or try the sandbox with --sandbox.',
    });
  }
  const settings = { region, credentials: options.credentials, fetch: options.fetch, clock };
  const endpointOf = (service: AwsService) => awsEndpoint(service, region, options.environment);
  const { account, partition, arn } = await readCallerIdentity(
    createSignedRequest({ ...settings, service: 'sts', endpoint: endpointOf({ name: 'sts', id: 'STS' }) }),
  );
  const lambda = createSignedRequest({ ...settings, service: 'lambda', endpoint: endpointOf({ name: 'lambda', id: 'LAMBDA' }) });
  const jsonApi = (service: AwsService, targetPrefix: string): AwsJsonApi =>
    createAwsJsonApi({ ...settings, service: service.name, targetPrefix, endpoint: endpointOf(service), timeoutMs: 10_000 });
  const states = jsonApi({ name: 'states', id: 'SFN' }, 'AWSStepFunctions');
  const machine = (name: string) => `arn:${partition}:states:${region}:${account}:stateMachine:${prefix}-${name}`;
  const machines = { rollout: machine('rollout'), rollback: machine('rollback') };
  const executions = createStepFunctionsExecutions({ call: states, machines, clock });

  return connectTo({
    where: `${prefix} in ${region}, account ${account}`,
    clock,
    by: arn,
    store: createDynamoDbStore({ call: jsonApi({ name: 'dynamodb', id: 'DYNAMODB' }, 'DynamoDB_20120810'), tableName: prefix, clock }),
    invoke: (name, input) => invokeFunction(lambda, functionNameOf(prefix, name), input),
    async startExecution(name, input) {
      const outcome = await executions.start('rollout', name, input);
      return outcome === 'started' ? executionArnOf(machines.rollout, name) : undefined;
    },
    describeExecution: (executionArn) => describeExecution(states, executions, executionArn),
  });
}

const ended = z.object({ error: z.nullish(z.string()), cause: z.nullish(z.string()), output: z.nullish(z.string()) });
const output = z.object({ reason: z.optional(z.string()) });

/** As the port says it, and, once it has ended, why. */
async function describeExecution(states: AwsJsonApi, executions: Executions, executionArn: string): Promise<ExecutionState> {
  const { status } = await executions.describe({ arn: executionArn });
  if (status === 'running' || status === 'unknown') return { status };
  const answer = await states('DescribeExecution', { executionArn });
  const parsed = answer.status === 'ok' ? ended.safeParse(answer.output) : undefined;
  if (!parsed?.success) return { status };
  const { error, cause } = parsed.data;
  const reason = reasonOf(parsed.data.output ?? '');
  return { status, ...(error ? { error } : {}), ...(cause ? { cause } : {}), ...(reason === undefined ? {} : { reason }) };
}

function reasonOf(text: string): string | undefined {
  try {
    return output.parse(JSON.parse(text)).reason;
  } catch {
    return undefined;
  }
}
