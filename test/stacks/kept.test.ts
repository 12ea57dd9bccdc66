import { describe, expect, it } from 'vitest';
import { writeRequest } from '../../adapters/store/dynamodb-requests.ts';
import { policyOf, synthesise } from './synthesised.ts';

const { of, resources, stack } = await synthesise();

describe('the store', () => {
  it('outlives the stack, is not deleted by mistake, can be set back to any second, and costs nothing while nobody asks it', () => {
    expect(of('AWS::DynamoDB::Table')).toMatchObject([
      {
        deletionPolicy: 'Retain',
        properties: {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [
            { AttributeName: 'partition', KeyType: 'HASH' },
            { AttributeName: 'sort', KeyType: 'RANGE' },
          ],
        },
      },
    ]);
  });

  it('lets DynamoDB delete what has expired, by the attribute that the adapter writes', () => {
    const change = { put: { partition: 'p', sort: 's' }, value: {}, expect: 'anything', historySinceMs: 0 } as const;
    const { input } = writeRequest('sluice', change, { retentionDays: 90, nowMs: 0 });
    const attribute = (input['ExpressionAttributeNames'] as Record<string, string>)['#expires'];
    expect(of('AWS::DynamoDB::Table')).toMatchObject([
      { properties: { TimeToLiveSpecification: { AttributeName: attribute, Enabled: true } } },
    ]);
  });

  it('comes after what fails in an account that lacks something, so that no first deployment leaves a table in the way of the second', () => {
    const fragile = ['AWS::Lambda::Function', 'AWS::Lambda::Version', 'AWS::StepFunctions::StateMachine', 'AWS::EKS::AccessEntry'];
    const before = resources.filter(({ type }) => fragile.includes(type)).map(({ id }) => id);
    expect(of('AWS::DynamoDB::Table')[0]?.dependsOn).toEqual(expect.arrayContaining(before));
  });

  it('is all that is left after a removal, beside the versions that go with their functions', () => {
    const left = resources.filter(({ deletionPolicy = '' }) => deletionPolicy.startsWith('Retain')).map(({ type }) => type);
    expect(new Set(left)).toEqual(new Set(['AWS::DynamoDB::Table', 'AWS::Lambda::Version']));
  });
});

describe('dead letters', () => {
  it('are kept for 14 days, encrypted, in one queue', () => {
    expect(of('AWS::SQS::Queue')).toMatchObject([{ properties: { MessageRetentionPeriod: 14 * 24 * 3600, SqsManagedSseEnabled: true } }]);
  });

  it('are sent by the rules and topics of the stack, and by nobody in the clear', () => {
    const [denied, ...allowed] = policyOf(of('AWS::SQS::QueuePolicy'));
    expect(denied).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    const senders = [
      ...of('AWS::Events::Rule').map(({ id }) => `<${id}.Arn>`),
      ...of('AWS::SNS::Subscription').map(() => expect.any(String)),
    ];
    expect(allowed.map(({ Condition }) => Condition)).toEqual(senders.map((arn) => ({ ArnEquals: { 'aws:SourceArn': arn } })));
  });
});

describe('a removal', () => {
  const [guard] = of('Custom::SluiceRemovalGuard');

  it('is asked for first, before anything is taken away: the guard depends on all else (O6)', () => {
    const others = resources.filter(({ id }) => id !== guard?.id).map(({ id }) => id);
    expect(guard?.dependsOn.toSorted()).toEqual(others.toSorted());
  });
});

describe('an upgrade', () => {
  it('moves the doors after the machines: an old door can do with a new machine, but not the other way round', () => {
    const machines = of('AWS::StepFunctions::StateMachine').map(({ id }) => id);
    for (const { dependsOn } of of('AWS::Lambda::Alias')) expect(dependsOn).toEqual(expect.arrayContaining(machines));
  });
});

describe('the specs of a deployment', () => {
  it('are applied by a custom resource each, once there is a store', () => {
    const [checkout] = of('Custom::SluiceSpec');
    expect(checkout?.properties).toMatchObject({
      file: 'rollouts/checkout.yaml',
      text: expect.stringContaining('name: checkout'),
      version: '0.1.0',
    });
    expect(checkout?.dependsOn).toContain(of('AWS::DynamoDB::Table')[0]?.id);
  });

  it('let every function that speaks to a cluster into theirs', () => {
    const entries = of('AWS::EKS::AccessEntry').map(({ properties }) => properties);
    const speaking = [...stack.controller.functions.values()].filter(({ setup }) => setup.cluster);
    expect(entries).toHaveLength(speaking.length);
    expect(new Set(entries.map((entry) => entry['ClusterName']))).toEqual(new Set(['shop-production']));
  });

  it('let nobody in where the context says so', async () => {
    expect((await synthesise({ accessEntries: false })).of('AWS::EKS::AccessEntry')).toEqual([]);
  });
});
