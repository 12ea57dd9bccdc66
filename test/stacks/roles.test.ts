import { describe, expect, it } from 'vitest';
import { arnsOf, namesOf } from '../../stacks/controller/names.ts';
import { region, type Synthesised, statementsOf, synthesise } from './synthesised.ts';

const kmsKeyArn = `arn:aws:kms:${region}:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f`;
const usual = await synthesise();
const all = await synthesise({
  webhook: true,
  kmsKeyArn,
  repositories: 'tools/*',
  clusters: 'tools',
  vpc: { vpcId: 'vpc-0a1b2c3d4e5f60718', subnetIds: 'subnet-0a1b2c3d4e5f60718', securityGroupIds: 'sg-0a1b2c3d4e5f60718' },
});

const statementsFor = ({ of }: Synthesised, role?: string) =>
  statementsOf(
    of('AWS::IAM::Role').filter(({ properties }) => role === undefined || properties['Description'] === `What ${role} of sluice may do.`),
  );
const everyStatement = [...statementsFor(usual), ...statementsFor(all)];
const resourcesFor = (made: Synthesised, role: string, action: string) =>
  statementsFor(made, role)
    .filter(({ Action }) => Action.includes(action))
    .flatMap(({ Resource }) => Resource);

describe('every role', () => {
  it('says all that it may do in its own document: no policy of AWS, none that is attached', () => {
    for (const { of } of [usual, all]) {
      for (const { properties } of of('AWS::IAM::Role')) expect(properties).not.toHaveProperty('ManagedPolicyArns');
      expect([...of('AWS::IAM::Policy'), ...of('AWS::IAM::ManagedPolicy')]).toEqual([]);
    }
  });

  it('serves one function or one machine', () => {
    const used = all.resources.map(({ properties }) => properties['Role'] ?? properties['RoleArn']).filter((role) => role !== undefined);
    expect(new Set(used).size).toBe(used.length);
  });

  it('names each action in full', () => {
    expect(everyStatement.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  });

  it('has `*` for a resource only where AWS lets nobody narrow the action', () => {
    const unbounded = new Set(everyStatement.filter(({ Resource }) => Resource.includes('*')).flatMap(({ Action }) => Action));
    expect([...unbounded].toSorted()).toEqual(Object.keys(whyUnbounded).toSorted());
  });

  it('has a wildcard inside of a resource only for what gets its name later', () => {
    const resources = statementsFor(all).flatMap(({ Resource }) => Resource);
    const wild = new Set(resources.filter((arn) => arn !== '*' && arn.includes('*')));
    const versions = [...wild].filter((arn) => /^<Controller\w+Function\w+\.Arn>:\*$/.test(arn));
    expect([...wild].filter((arn) => !versions.includes(arn)).toSorted()).toEqual([
      'arn:aws:ecr:eu-west-1:111122223333:repository/tools/*',
      'arn:aws:states:eu-west-1:111122223333:execution:sluice-rollback:*',
      'arn:aws:states:eu-west-1:111122223333:execution:sluice-rollout:*',
    ]);
  });
});

/** Each action that stands with `*`, and why it can't stand with less. */
const whyUnbounded: Readonly<Record<string, string>> = {
  'cloudwatch:DescribeAlarms': 'It answers nothing about composite alarms unless it is allowed for all.',
  'cloudwatch:GetMetricData': 'AWS has no resource for metrics: it grants all or none.',
  'cloudwatch:ListMetrics': 'As above.',
  'xray:PutTraceSegments': 'X-Ray has no resource for traces.',
  'xray:PutTelemetryRecords': 'X-Ray has no resource for telemetry.',
  'xray:GetSamplingRules': 'Step Functions asks for the rules of the whole account.',
  'xray:GetSamplingTargets': 'Step Functions asks for the targets of the whole account.',
  'logs:CreateLogDelivery': 'Log deliveries have no ARN: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html',
  'logs:GetLogDelivery': 'As above.',
  'logs:UpdateLogDelivery': 'As above.',
  'logs:DeleteLogDelivery': 'As above.',
  'logs:ListLogDeliveries': 'As above.',
  'logs:PutResourcePolicy': "The resource policies of CloudWatch Logs are the account's.",
  'logs:DescribeResourcePolicies': 'As above.',
  'logs:DescribeLogGroups': 'It lists, and a list has no resource.',
  'ec2:CreateNetworkInterface':
    'Lambda refuses a role that has it for less: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html',
  'ec2:DescribeNetworkInterfaces': 'It lists, and a list has no resource.',
  'ec2:DescribeSubnets': 'It lists, and a list has no resource.',
  'ec2:DeleteNetworkInterface': 'Lambda refuses a role that has it for less.',
  'ec2:AssignPrivateIpAddresses': 'Lambda refuses a role that has it for less.',
  'ec2:UnassignPrivateIpAddresses': 'Lambda refuses a role that has it for less.',
};

describe('what may be read', () => {
  it('are the clusters and repositories of the specs', () => {
    expect(resourcesFor(usual, 'Begin', 'eks:DescribeCluster')).toEqual(['arn:aws:eks:eu-west-1:111122223333:cluster/shop-production']);
    expect(resourcesFor(usual, 'Begin', 'ecr:DescribeImages')).toEqual(['arn:aws:ecr:eu-west-1:111122223333:repository/shop/checkout']);
  });

  it('are those of the context, too', () => {
    expect(resourcesFor(all, 'Begin', 'eks:DescribeCluster')).toEqual([
      'arn:aws:eks:eu-west-1:111122223333:cluster/shop-production',
      'arn:aws:eks:eu-west-1:111122223333:cluster/tools',
    ]);
    expect(resourcesFor(all, 'Sweep', 'ecr:DescribeImages')).toContain('arn:aws:ecr:eu-west-1:111122223333:repository/tools/*');
  });

  it.each([
    ['111122223333.dkr.ecr.eu-west-1.amazonaws.com/tools/lint', 'eu-west-1:111122223333:repository/tools/lint'],
    ['444455556666.dkr.ecr.us-east-1.amazonaws.com/lint', 'us-east-1:444455556666:repository/lint'],
    ['111122223333.dkr.ecr-fips.us-east-1.amazonaws.com/lint', 'us-east-1:111122223333:repository/lint'],
    ['111122223333.dkr-ecr.eu-west-1.on.aws/lint', 'eu-west-1:111122223333:repository/lint'],
  ])('is the repository %s, in whatever way its host is written', (reference, arn) => {
    expect(arnsOf(usual.stack, namesOf('sluice')).repository(reference)).toMatch(new RegExp(`:ecr:${arn}$`));
  });

  it('names no repository that a pattern covers: a role has room for some eighty', async () => {
    const covered = await synthesise({ repositories: 'shop/*,shop/**,shop/cart,tools/lint' });
    expect(resourcesFor(covered, 'Sweep', 'ecr:DescribeImages')).toEqual([
      'arn:aws:ecr:eu-west-1:111122223333:repository/shop/*',
      'arn:aws:ecr:eu-west-1:111122223333:repository/tools/lint',
    ]);
  });

  it('is nothing where there is nothing: the statement is left out', async () => {
    const none = await synthesise({ rolloutsFolder: 'test/stacks/no-rollouts' });
    expect(resourcesFor(none, 'Begin', 'eks:DescribeCluster')).toEqual([]);
    expect(statementsFor(none).filter(({ Resource }) => Resource.length === 0)).toEqual([]);
  });
});

describe('in a VPC', () => {
  it('are the functions that speak to a cluster, and no others', () => {
    const inside = all.of('AWS::Lambda::Function').filter(({ properties }) => properties['VpcConfig'] !== undefined);
    const { functions } = all.stack.controller;
    expect(inside).toHaveLength([...functions.values()].filter(({ setup }) => setup.cluster).length);
    expect(inside[0]?.properties['VpcConfig']).toEqual({
      SubnetIds: ['subnet-0a1b2c3d4e5f60718'],
      SecurityGroupIds: ['sg-0a1b2c3d4e5f60718'],
    });
  });

  it('Lambda may make network interfaces for the function, and the code of the function may not', () => {
    const denied = statementsFor(all, 'Abort').filter(({ Effect }) => Effect === 'Deny');
    expect(denied).toMatchObject([
      { Condition: { ArnEquals: { 'lambda:SourceFunctionArn': ['arn:aws:lambda:eu-west-1:111122223333:function:sluice-abort'] } } },
    ]);
    expect(resourcesFor(all, 'ApplySpec', 'ec2:CreateNetworkInterface')).toEqual([]);
    expect(resourcesFor(usual, 'Abort', 'ec2:CreateNetworkInterface')).toEqual([]);
  });
});

describe('with a key of the user', () => {
  it('all that is kept is encrypted with it', () => {
    const [table, queue, bus] = ['AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::Events::EventBus'].map(
      (type) => all.of(type)[0]?.properties,
    );
    expect(table?.['SSESpecification']).toMatchObject({ KMSMasterKeyId: kmsKeyArn, SSEType: 'KMS' });
    expect(queue?.['KmsMasterKeyId']).toBe(kmsKeyArn);
    expect(bus?.['KmsKeyIdentifier']).toBe(kmsKeyArn);
    for (const { properties } of all.of('AWS::SNS::Topic')) expect(properties['KmsMasterKeyId']).toBe(kmsKeyArn);
    for (const { properties } of all.of('AWS::Logs::LogGroup')) expect(properties['KmsKeyId']).toBe(kmsKeyArn);
    for (const { properties } of all.of('AWS::StepFunctions::StateMachine')) {
      expect(properties['EncryptionConfiguration']).toMatchObject({ KmsKeyId: kmsKeyArn, Type: 'CUSTOMER_MANAGED_KMS_KEY' });
    }
    for (const { properties } of all.of('AWS::SecretsManager::Secret')) expect(properties['KmsKeyId']).toBe(kmsKeyArn);
  });

  it('functions use it by way of a service, never by itself', () => {
    const withKey = [...all.stack.controller.functions.keys()].flatMap((name) =>
      statementsFor(all, name).filter(({ Resource }) => Resource.includes(kmsKeyArn)),
    );
    expect(withKey.length).toBeGreaterThan(0);
    for (const { Condition } of withKey) {
      expect(Condition).toEqual({ StringEquals: { 'kms:ViaService': expect.stringMatching(/^\w+\.eu-west-1\.amazonaws\.com$/) } });
    }
  });
});
