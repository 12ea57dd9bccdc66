import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../core/errors.ts';
import { parseContext } from '../../stacks/context.ts';

const vpc = { vpcId: 'vpc-0a1b2c3d4e5f60718', subnetIds: ['subnet-0a1b2c3d4e5f60718'], securityGroupIds: ['sg-0a1b2c3d4e5f60718'] };
const messageOf = (context: Readonly<Record<string, unknown>>): string => {
  try {
    parseContext(context);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
  return 'nothing was refused';
};

describe('the context of a deployment', () => {
  it('has a default for all that has to be there', () => {
    expect(parseContext({})).toEqual({
      prefix: 'sluice',
      logRetentionDays: 30,
      retentionDays: 90,
      clusters: [],
      workspaces: [],
      accessEntries: true,
      namespaces: [],
      repositories: [],
      webhook: false,
      observability: 'full',
      rolloutsFolder: 'rollouts',
    });
  });

  it.each([
    ['a list with commas', { clusters: 'a, b' }, { clusters: ['a', 'b'] }],
    ['a number', { logRetentionDays: '90' }, { logRetentionDays: 90 }],
    ['a retention for ever', { retentionDays: '0' }, { retentionDays: 0 }],
    ['a yes', { webhook: 'true' }, { webhook: true }],
    ['a no', { accessEntries: 'false' }, { accessEntries: false }],
    ['a mapping as JSON', { vpc: JSON.stringify(vpc) }, { vpc }],
    ['an account that JSON took for a number', { account: 111122223333 }, { account: '111122223333' }],
  ])('takes %s as text, as `cdk deploy -c` gives it', (_, given, parsed) => {
    expect(parseContext(given)).toMatchObject(parsed);
  });

  it("leaves the CDK's own keys alone", () => {
    const own = { '@aws-cdk/core:checkSecretUsage': true, 'aws:cdk:bundling-stacks': ['**'], 'cli-telemetry': false };
    expect(parseContext(own)).toEqual(parseContext({}));
  });

  it.each([
    ['a key that there is not', { prefx: 'a' }, 'prefx: there is no such key; did you mean `prefix`?'],
    ['a key that is like none', { quux: 'a' }, 'quux: there is no such key; take it out'],
    ['capitals in the prefix', { prefix: 'Sluice' }, 'prefix: found "Sluice", expected 3 to 40 lower-case letters'],
    ['a prefix that is too short for the name of a table', { prefix: 'sl' }, 'expected 3 to 40 lower-case letters'],
    ['a prefix that is the name of another event bus', { prefix: 'default' }, 'expected another word than default'],
    ['a prefix that makes names too long', { prefix: 'a'.repeat(41) }, 'expected 3 to 40 lower-case letters'],
    ['a retention that CloudWatch has not', { logRetentionDays: 31 }, 'logRetentionDays: found 31, expected one of 1, 3, 5'],
    [
      'a retention shorter than an execution may be driven again',
      { retentionDays: 59 },
      'retentionDays: found 59, expected whole days from 60',
    ],
    ['half a day of retention', { retentionDays: '90.5' }, 'retentionDays: found "90.5", expected whole days from 60'],
    ['a key by its alias', { kmsKeyArn: 'alias/mine' }, 'kmsKeyArn: found "alias/mine", expected a key\'s ARN'],
    ['a subnet by its name', { vpc: { ...vpc, subnetIds: ['private'] } }, 'vpc.subnetIds.0: found "private", expected a subnet\'s id'],
    ['a vpc without subnets', { vpc: { vpcId: vpc.vpcId } }, 'vpc.subnetIds: found nothing, expected a list of names'],
    ['more in the vpc than there is', { vpc: { ...vpc, subnets: [] } }, 'vpc: found {'],
    ['something else than a vpc', { vpc: 'mine' }, 'vpc: found "mine"'],
    ['neither yes nor no', { webhook: 'maybe' }, 'webhook: found "maybe", expected true or false'],
    ['a repository with a registry', { repositories: 'ECR/Shop' }, 'repositories.0: found'],
    ['half a call', { abortConcurrency: 0.5 }, 'abortConcurrency: found 0.5, expected a whole number'],
    ['a word for a number', { beginConcurrency: 'some' }, 'beginConcurrency: found "some", expected a whole number'],
    ['a word for days of logs', { logRetentionDays: 'some' }, 'logRetentionDays: found "some", expected one of 1, 3'],
    ['a word for days of history', { retentionDays: 'some' }, 'retentionDays: found "some", expected whole days'],
    ['fewer than none', { beginConcurrency: -1 }, 'beginConcurrency: found -1, expected a whole number'],
    ['a level that there is not', { observability: 'some' }, 'observability: found "some", expected one of none, alarms, full'],
  ])('refuses %s', (_, given, message) => {
    expect(messageOf(given)).toContain(message);
  });

  it('says all that is wrong at once, and the way out', () => {
    const message = messageOf({ prefix: 'A', webhook: 3, quux: 1 });
    expect(message).toMatch(/prefix: .*\n.*webhook: |webhook: .*\n.*prefix: /);
    expect(message).toContain('quux');
    expect(message).toContain('Mend it in cdk.json under "context"');
  });
});
