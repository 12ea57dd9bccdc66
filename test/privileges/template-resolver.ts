import * as z from 'zod/mini';
import { account, arnOf, region } from './needed-permissions.ts';

export const resourceShape = z.looseObject({ Type: z.string(), Properties: z._default(z.record(z.string(), z.unknown()), {}) });
export type Resources = Readonly<Record<string, z.infer<typeof resourceShape>>>;

const pseudo: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Region': region,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** The ARN of a resource by its type: from its name, or where the template gives none from its logical id. */
const arns: Readonly<Record<string, (property: (name: string) => string, id: string) => string>> = {
  'AWS::DynamoDB::Table': (of) => arnOf('dynamodb', `table/${of('TableName')}`),
  'AWS::Events::EventBus': (of) => arnOf('events', `event-bus/${of('Name')}`),
  'AWS::Events::Rule': (of) => arnOf('events', `rule/${of('Name')}`),
  'AWS::IAM::Role': (_, id) => `arn:aws:iam::${account}:role/${id}`,
  'AWS::Lambda::Function': (of) => arnOf('lambda', `function:${of('FunctionName')}`),
  'AWS::Lambda::Alias': (of) => arnOf('lambda', `function:${of('FunctionName')}:${of('Name')}`),
  'AWS::Lambda::Version': (of) => arnOf('lambda', `function:${of('FunctionName')}:1`),
  'AWS::Logs::LogGroup': (of) => arnOf('logs', `log-group:${of('LogGroupName')}:*`),
  'AWS::SecretsManager::Secret': (of) => arnOf('secretsmanager', `secret:${of('Name')}-AbCdEf`),
  'AWS::SNS::Topic': (of) => arnOf('sns', of('TopicName')),
  'AWS::SQS::Queue': (of) => arnOf('sqs', of('QueueName')),
  'AWS::StepFunctions::StateMachine': (of) => arnOf('states', `stateMachine:${of('StateMachineName')}`),
};

/** Types whose Ref is the ARN; of the others it is the name, or what nothing here needs. */
const refIsArn = [
  'AWS::Lambda::Alias',
  'AWS::Lambda::Version',
  'AWS::SecretsManager::Secret',
  'AWS::SNS::Topic',
  'AWS::StepFunctions::StateMachine',
];
const refIsName: Readonly<Record<string, string>> = { 'AWS::Lambda::Function': 'FunctionName' };

/** Replaces Ref, Fn::GetAtt and Fn::Join by what they will be; what is not known to it, it leaves as it stands. */
export function createResolver(resources: Resources): (value: unknown) => unknown {
  const arnOfResource = (id: string): string | undefined => {
    const resource = resources[id];
    const make = arns[resource?.Type ?? ''];
    return make?.((name) => String(resolve(resource?.Properties[name])), id);
  };
  const ref = (id: string): string | undefined => {
    const type = resources[id]?.Type ?? '';
    const name = refIsName[type];
    if (name !== undefined) return String(resolve(resources[id]?.Properties[name]));
    return pseudo[id] ?? (refIsArn.includes(type) ? arnOfResource(id) : undefined);
  };
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const { Ref: id, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
    if (typeof id === 'string') return ref(id) ?? value;
    if (Array.isArray(attribute)) return (attribute[1] === 'Arn' ? arnOfResource(String(attribute[0])) : undefined) ?? value;
    if (Array.isArray(join) && Array.isArray(join[1])) {
      const parts = join[1].map(resolve);
      return parts.every((part) => typeof part === 'string') ? parts.join(String(join[0])) : value;
    }
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolve(inner)]));
  };
  return resolve;
}
