import { expect, it } from 'vitest';
import { cdkArguments, cdkEnvironment, projectFolder } from './cdk-arguments.ts';

const localStack = {
  endpoint: 'http://127.0.0.1:4566',
  region: 'eu-west-1',
  account: '111122223333',
  credentials: { accessKeyId: '111122223333', secretAccessKey: 'localstack' },
};

it('deploys the stack of its prefix, with the context, without a question', () => {
  const args = cdkArguments({ command: 'deploy', prefix: 'tier-1', context: { rolloutsFolder: 'rollouts' }, outputFolder: '/tmp/out' });
  expect(args.slice(0, 4)).toEqual(['deploy', 'tier-1', '--require-approval', 'never']);
  expect(args).toContain('rolloutsFolder=rollouts');
  expect(args).toContain('prefix=tier-1');
  expect(args).toContain('/tmp/out');
});

it('lets nothing of the context name another prefix', () => {
  const args = cdkArguments({ command: 'deploy', prefix: 'tier-1', context: { prefix: 'sluice' }, outputFolder: '/tmp/out' });
  expect(args).not.toContain('prefix=sluice');
});

it('destroys without a question', () => {
  expect(cdkArguments({ command: 'destroy', prefix: 'tier-1', context: {}, outputFolder: '/tmp/out' })).toContain('--force');
});

it('leaves nothing in the environment that leads to a real account', () => {
  const owners = {
    PATH: '/usr/bin',
    AWS_PROFILE: 'production',
    AWS_SESSION_TOKEN: 'secret',
    AWS_ENDPOINT_URL_S3: 'https://s3.example',
    AWS_CONFIG_FILE: '/home/me/.aws/config',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
    HOME: '/home/me',
  };
  const environment = cdkEnvironment(localStack, owners);
  const ofAws = Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('AWS_')));
  expect(ofAws).toEqual({
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: '111122223333',
    AWS_SECRET_ACCESS_KEY: 'localstack',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  expect(environment['HOME']).toBe('/home/me');
});

it('runs the project’s own Node', () => {
  expect(cdkEnvironment(localStack, { PATH: '/usr/bin' })['PATH']).toBe(`${projectFolder}/node_modules/.bin:/usr/bin`);
});
