import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { eventPatterns } from '../../runtime/event-patterns.ts';
import { oneSpec, synthesise } from './synthesised.ts';

const { of, resources } = await synthesise();
const rules = of('AWS::Events::Rule');
const ruleNamed = (name: string) => rules.find(({ properties }) => properties['Name'] === `sluice-${name}`);
const idOf = (type: string, property: string, value: string) => of(type).find(({ properties }) => properties[property] === value)?.id;
const liveOf = (file: string) => {
  const id = idOf('AWS::Lambda::Function', 'FunctionName', `sluice-${file}`);
  return `<${of('AWS::Lambda::Alias').find(({ properties }) => properties['FunctionName'] === `<${id}>`)?.id}>`;
};
const deadLetters = `<${of('AWS::SQS::Queue')[0]?.id}.Arn>`;
const rolloutMachine = `<${idOf('AWS::StepFunctions::StateMachine', 'StateMachineName', 'sluice-rollout')}>`;

const scratch = await mkdtemp(join(tmpdir(), 'sluice-many-'));
afterAll(() => rm(scratch, { recursive: true }));

describe('what starts Sluice', () => {
  it.each([
    ['image-push', eventPatterns.imagePush, rolloutMachine],
    ['alarm-state-change', eventPatterns.alarmStateChange, liveOf('abort')],
    [
      'execution-status-change',
      { source: ['aws.states'], detail: { stateMachineArn: [rolloutMachine], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] } },
      liveOf('sweep'),
    ],
  ])('%s has one target, by the pattern that the sandbox has, too', (name, pattern, target) => {
    expect(ruleNamed(name)?.properties).toMatchObject({ EventPattern: pattern, State: 'ENABLED', Targets: [{ Arn: target }] });
    expect(ruleNamed(name)?.properties['Targets']).toHaveLength(1);
  });

  it('is the sweep, every minute', () => {
    expect(ruleNamed('sweep')?.properties).toMatchObject({ ScheduleExpression: 'rate(1 minute)', Targets: [{ Arn: liveOf('sweep') }] });
  });

  it.each(rules.map(({ properties }) => [properties['Name'], properties] as const))(
    '%s is delivered again, for a while, and then kept as a dead letter',
    (_, properties) => {
      expect(properties['Targets']).toEqual([
        expect.objectContaining({
          DeadLetterConfig: { Arn: deadLetters },
          RetryPolicy: { MaximumRetryAttempts: 20, MaximumEventAgeInSeconds: expect.any(Number) },
        }),
      ]);
    },
  );

  it('is as many rules for many services as for one', async () => {
    const spec = await readFile(join(oneSpec, 'checkout.yaml'), 'utf8');
    await cp(oneSpec, scratch, { recursive: true });
    for (const name of ['cart', 'search', 'stock', 'mail', 'login']) {
      await writeFile(join(scratch, `${name}.yaml`), spec.replaceAll('checkout', name));
    }
    const many = await synthesise({ rolloutsFolder: scratch });
    expect(many.of('Custom::SluiceSpec')).toHaveLength(6);
    expect(many.of('AWS::Events::Rule')).toHaveLength(rules.length);
    expect(rules).toHaveLength(4);
  });

  it('waits until there is a store', () => {
    const store = of('AWS::DynamoDB::Table')[0]?.id;
    for (const rule of rules) expect(rule.dependsOn).toContain(store);
  });
});

describe('what events invoke', () => {
  it('is an alias, so that an upgrade does not stand between an event and its door', () => {
    const targets = rules.flatMap(({ properties }) => (properties['Targets'] as { Arn: string }[]).map(({ Arn }) => Arn));
    const aliases = of('AWS::Lambda::Alias').map(({ id }) => `<${id}>`);
    expect(targets.filter((target) => target !== rolloutMachine && !aliases.includes(target))).toEqual([]);
    expect(of('AWS::Lambda::Alias').map(({ properties }) => properties['Name'])).toEqual(aliases.map(() => 'live'));
  });

  it.each(['abort', 'sweep', 'receive-alerts', 'deploy-spec', 'guard-removal'])(
    '%s is repeated by Lambda, and what it could not do is kept as a dead letter',
    (file) => {
      const id = idOf('AWS::Lambda::Function', 'FunctionName', `sluice-${file}`);
      expect(
        of('AWS::Lambda::EventInvokeConfig').find(({ properties }) => properties['FunctionName'] === `<${id}>`)?.properties,
      ).toMatchObject({
        DestinationConfig: { OnFailure: { Destination: deadLetters } },
        MaximumRetryAttempts: expect.any(Number),
        MaximumEventAgeInSeconds: expect.any(Number),
        Qualifier: { 'Fn::Select': [7, { 'Fn::Split': [':', liveOf(file)] }] },
      });
    },
  );
});

describe('an alarm', () => {
  it("of this account may call the abort door itself, whatever its name: the account's alarms are not known here", () => {
    expect(of('AWS::Lambda::Permission').map(({ properties }) => properties)).toContainEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: liveOf('abort'),
      Principal: 'lambda.alarms.cloudwatch.amazonaws.com',
      SourceAccount: '111122223333',
      SourceArn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:*',
    });
  });
});

describe('alerts of Prometheus', () => {
  const topic = idOf('AWS::SNS::Topic', 'TopicName', 'sluice-alerts');

  it('come by a topic whose deliveries have the dead-letter queue, too', () => {
    expect(of('AWS::SNS::Subscription').filter(({ properties }) => properties['TopicArn'] === `<${topic}>`)).toMatchObject([
      { properties: { Protocol: 'lambda', Endpoint: liveOf('receive-alerts'), RedrivePolicy: { deadLetterTargetArn: deadLetters } } },
    ]);
  });

  it('are published by workspaces of this account, and by nobody in the clear', () => {
    const policy = of('AWS::SNS::TopicPolicy').find(({ properties }) => (properties['Topics'] as string[]).includes(`<${topic}>`));
    expect(policy?.properties['PolicyDocument']).toMatchObject({
      Statement: [
        { Effect: 'Deny', Action: 'sns:Publish', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        {
          Effect: 'Allow',
          Principal: { Service: 'aps.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': '111122223333' },
            ArnLike: { 'aws:SourceArn': 'arn:aws:aps:eu-west-1:111122223333:workspace/*' },
          },
        },
      ],
    });
  });
});

describe('the webhook', () => {
  it('is not there unless somebody asks for it', () => {
    const types = ['AWS::Lambda::Url', 'AWS::SecretsManager::Secret'];
    expect(resources.filter(({ type }) => types.includes(type))).toEqual([]);
  });

  it('is a URL, and a secret that only its function may read', async () => {
    const asked = await synthesise({ webhook: 'true' });
    const [secret] = asked.of('AWS::SecretsManager::Secret');
    expect(asked.of('AWS::Lambda::Url')).toMatchObject([{ properties: { AuthType: 'NONE', Qualifier: 'live' } }]);
    expect(secret?.properties).toMatchObject({ Name: 'sluice-webhook', GenerateSecretString: { PasswordLength: 48 } });
    const readers = asked.of('AWS::IAM::Role').filter(({ properties }) => JSON.stringify(properties).includes('secretsmanager:'));
    expect(readers.map(({ properties }) => properties['Description'])).toEqual(['What ReceiveWebhook of sluice may do.']);
    expect(JSON.stringify(readers)).toContain(`"Resource":"<${secret?.id}>"`);
  });
});
