import * as z from 'zod/mini';
import { AwsUnavailableError, NotFoundError } from '../../core/errors.ts';
import type { AlarmReading } from '../../core/metric-ports.ts';
import type { ImageFound } from '../../core/ports.ts';
import type { Deps } from '../../runtime/deps.ts';
import { answerDynamoDb } from './dynamodb-wire.ts';
import { answerListMetrics, answerMetricData } from './metrics-wire.ts';
import { account, region } from './needed-permissions.ts';
import { type WireAnswer, wireError } from './wire-answer.ts';

type Answering = (input: unknown) => Promise<WireAnswer>;

/** The API of AWS, as far as Sluice asks it, in front of the sandbox's ports. `service` as in IAM: `states`. */
export function createAwsWire(ports: Deps): (service: string, operation: string, input: unknown) => Promise<WireAnswer> {
  const operations: Readonly<Record<string, Answering>> = {
    'states:StartExecution': (input) => startExecution(ports, input),
    'states:DescribeExecution': (input) => describeExecution(ports, input),
    'states:StopExecution': (input) => stopExecution(ports, input),
    'events:PutEvents': (input) => putEvents(ports, input),
    'cloudwatch:DescribeAlarms': (input) => describeAlarms(ports, input),
    'cloudwatch:GetMetricData': (input) => answerMetricData(ports.cloudWatch, input),
    'cloudwatch:ListMetrics': (input) => answerListMetrics(ports.cloudWatch, input),
    'ecr:DescribeImages': (input) => describeImages(ports, input),
    'secretsmanager:GetSecretValue': (input) => getSecretValue(ports, input),
    'eks:DescribeCluster': async (input) => {
      const { name } = z.object({ name: z.string() }).parse(input);
      const certificateAuthority = { data: Buffer.from('PEM').toString('base64') };
      return { status: 200, body: { cluster: { name, endpoint: `https://${name}.${region}.eks.amazonaws.com`, certificateAuthority } } };
    },
  };
  return async (service, operation, input) => {
    if (service === 'dynamodb') return answerDynamoDb(ports.store, operation, input);
    const answer = operations[`${service}:${operation}`];
    if (answer === undefined) throw new Error(`The wire does not know ${service}:${operation}.`);
    try {
      return await answer(input);
    } catch (error) {
      if (error instanceof AwsUnavailableError) return wireError('InternalFailure', error.message, 500);
      throw error;
    }
  };
}

const statuses = { running: 'RUNNING', succeeded: 'SUCCEEDED', failed: 'FAILED', timedOut: 'TIMED_OUT', stopped: 'ABORTED' } as const;

async function startExecution({ executions }: Deps, input: unknown): Promise<WireAnswer> {
  const shape = z.object({ stateMachineArn: z.string(), name: z.string(), input: z.string() });
  const { stateMachineArn, name, input: text } = shape.parse(input);
  const machine = z.enum(['rollout', 'rollback']).parse(stateMachineArn.split('-').at(-1));
  const started = await executions.start(machine, name, JSON.parse(text) as Record<string, unknown>);
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  return started === 'started' ? { status: 200, body: { executionArn } } : wireError('ExecutionAlreadyExists', name);
}

async function describeExecution({ executions }: Deps, input: unknown): Promise<WireAnswer> {
  const { executionArn: arn } = z.object({ executionArn: z.string() }).parse(input);
  const { status } = await executions.describe({ arn });
  return status === 'unknown' ? wireError('ExecutionDoesNotExist', arn) : { status: 200, body: { status: statuses[status] } };
}

async function stopExecution({ executions }: Deps, input: unknown): Promise<WireAnswer> {
  const { executionArn, cause } = z.object({ executionArn: z.string(), cause: z.string() }).parse(input);
  await executions.stop(executionArn, cause);
  return { status: 200, body: {} };
}

const entry = z.object({ DetailType: z.string(), Detail: z.string() });
const told = z.looseObject({ id: z.string(), atMs: z.number() });

async function putEvents({ events }: Deps, input: unknown): Promise<WireAnswer> {
  const { Entries } = z.object({ Entries: z.array(entry) }).parse(input);
  for (const { DetailType: detailType, Detail } of Entries) {
    const { id, atMs, ...detail } = told.parse(JSON.parse(Detail));
    await events.publish([{ id, atMs, detailType, detail }]);
  }
  return { status: 200, body: { FailedEntryCount: 0, Entries: Entries.map((_, index) => ({ EventId: `${index}` })) } };
}

const alarmStates: Readonly<Record<string, string>> = { ok: 'OK', alarm: 'ALARM', insufficientData: 'INSUFFICIENT_DATA' };

async function describeAlarms({ alarms }: Deps, input: unknown): Promise<WireAnswer> {
  const { AlarmNames } = z.object({ AlarmNames: z.array(z.string()) }).parse(input);
  const readings = await alarms.read(AlarmNames);
  const down = readings.find(({ state }) => state === 'unavailable');
  if (down !== undefined) return wireError('InternalServiceFault', down.reason, 500);
  const alarm = ({ name, state, reason, sinceMs }: AlarmReading) => ({
    AlarmName: name,
    StateValue: alarmStates[state],
    StateReason: reason,
    ...(sinceMs === undefined ? {} : { StateTransitionedTimestamp: sinceMs / 1000 }),
  });
  return { status: 200, body: { MetricAlarms: readings.filter(({ state }) => state !== 'missing').map(alarm), CompositeAlarms: [] } };
}

async function describeImages({ images }: Deps, input: unknown): Promise<WireAnswer> {
  const imageId = z.object({ imageDigest: z.optional(z.string()), imageTag: z.optional(z.string()) });
  const { repositoryName, imageIds } = z.object({ repositoryName: z.string(), imageIds: z.optional(z.array(imageId)) }).parse(input);
  const repository = `${account}.dkr.ecr.${region}.amazonaws.com/${repositoryName}`;
  const detail = ({ digest, tags, pushedAtMs }: ImageFound) => ({
    imageDigest: digest,
    imageTags: tags,
    imagePushedAt: pushedAtMs / 1000,
  });
  try {
    const found =
      imageIds === undefined
        ? await images.pushedSince(repository, 0)
        : await Promise.all(imageIds.map(({ imageDigest, imageTag }) => images.resolve(repository, imageDigest ?? imageTag ?? '')));
    return { status: 200, body: { imageDetails: found.map(detail) } };
  } catch (error) {
    if (error instanceof NotFoundError) return wireError('ImageNotFoundException', error.message);
    throw error;
  }
}

async function getSecretValue({ webhookSecret }: Deps, input: unknown): Promise<WireAnswer> {
  const { VersionStage } = z.object({ VersionStage: z.string() }).parse(input);
  const [SecretString] = await webhookSecret.read();
  return VersionStage === 'AWSCURRENT' ? { status: 200, body: { SecretString } } : wireError('ResourceNotFoundException', VersionStage);
}
