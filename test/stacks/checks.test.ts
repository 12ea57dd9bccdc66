import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { afterAll, describe, expect, it } from 'vitest';
import { readAssembly } from '../../scripts/synth/read-assembly.ts';
import { buildApp, checkWithCdkNag } from '../../stacks/build-app.ts';
import { stubCode } from '../../stacks/controller/bundles.ts';
import { oneSpec } from './synthesised.ts';

const scratch = await mkdtemp(join(tmpdir(), 'sluice-checks-'));
afterAll(() => rm(scratch, { recursive: true }));

const everything = {
  account: '111122223333',
  region: 'eu-west-1',
  webhook: true,
  kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f',
  repositories: ['tools/*'],
  vpc: { vpcId: 'vpc-0a1b2c3d4e5f60718', subnetIds: ['subnet-0a1b2c3d4e5f60718'], securityGroupIds: ['sg-0a1b2c3d4e5f60718'] },
};

async function synthesiseChecked(context: Readonly<Record<string, unknown>>) {
  const outdir = await mkdtemp(join(scratch, 'out-'));
  const { app, stack } = await buildApp({ outdir, context: { rolloutsFolder: oneSpec, ...context } }, stubCode());
  checkWithCdkNag(app);
  return { app, stack, outdir };
}

describe("cdk-nag's AwsSolutions and the CDK's own checks", () => {
  it.each([
    ['by default, for any account', {}],
    ['with all that the context can ask for', everything],
  ])('hold %s', async (_, context) => {
    const { app, outdir } = await synthesiseChecked(context);
    app.synth();
    expect((await readAssembly(outdir)).findings).toEqual([]);
  });

  it('find what no suppression speaks of', async () => {
    const { app, stack } = await synthesiseChecked({});
    new Topic(stack, 'Planted');
    expect(() => app.synth()).toThrow('AwsSolutions-SNS3');
  });
});

describe('suppressions', () => {
  it('all say why, in a sentence', async () => {
    const { stack } = await synthesiseChecked(everything);
    const reasons = stack.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.values<unknown>(data));
    expect(reasons.length).toBeGreaterThan(5);
    for (const reason of new Set(reasons)) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
  });
});
