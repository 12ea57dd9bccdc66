import { describe, expect, it } from 'vitest';
import { namesOf } from '../../stacks/controller/names.ts';
import { functionSetups } from '../../stacks/functions.ts';
import { synthesise } from './synthesised.ts';

const everything = { webhook: true };
const [one, two] = [await synthesise({ ...everything, prefix: 'one' }), await synthesise({ ...everything, prefix: 'two' })];

/** The property that names a resource in its account and region, by type. What is not here gets its name from CloudFormation. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
};
const namesIn = ({ resources }: typeof one) =>
  resources
    .map(({ type, properties }) => [type, properties[nameProperties[type] ?? '']] as const)
    .filter(([, name]) => name !== undefined)
    .map(([type, name]) => `${type} ${name}`);

describe('two copies in one account', () => {
  it('share no name', () => {
    expect(namesIn(one).filter((name) => namesIn(two).includes(name))).toEqual([]);
    expect(namesIn(one)).toHaveLength(namesIn(two).length);
  });

  it('have their prefix in every name', () => {
    expect(namesIn(one).filter((name) => !/ (?:one\b|\/sluice\/one\/|\/aws\/vendedlogs\/states\/one-)/.test(name))).toEqual([]);
  });

  it('are two stacks', () => {
    expect([one.stack.stackName, two.stack.stackName]).toEqual(['one', 'two']);
  });

  it('read no table and start no machine of each other', () => {
    const rolesOfOne = JSON.stringify(one.of('AWS::IAM::Role'));
    expect(rolesOfOne).not.toMatch(/[:/]two\b/);
  });
});

describe('the names that others rely on', () => {
  it.each([
    ['AWS::DynamoDB::Table', 'one'],
    ['AWS::Events::EventBus', 'one'],
    ['AWS::SNS::Topic', 'one-alerts'],
    ['AWS::SNS::Topic', 'one-pages'],
    ['AWS::SQS::Queue', 'one-dead-letters'],
    ['AWS::StepFunctions::StateMachine', 'one-rollout'],
    ['AWS::StepFunctions::StateMachine', 'one-rollback'],
    ['AWS::Lambda::Function', 'one-set-weight'],
    ['AWS::Logs::LogGroup', '/sluice/one/set-weight'],
    ['AWS::Events::Rule', 'one-sweep'],
  ])('%s %s is there', (type, name) => {
    expect(namesIn(one)).toContain(`${type} ${name}`);
  });

  it.each(functionSetups.map(({ file }) => file))('%s fits into the 64 characters of a Lambda with the longest prefix', (file) => {
    expect(namesOf('p'.repeat(40)).function(file).length).toBeLessThanOrEqual(64);
  });
});
