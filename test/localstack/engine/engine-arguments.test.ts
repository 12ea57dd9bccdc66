import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dockerArguments } from './docker-arguments.ts';
import type { EngineOptions } from './localstack.ts';
import { hostEnvironment } from './python-arguments.ts';
import { cacheFolder, keyOf } from './python-environment.ts';

const options: EngineOptions = {
  account: '111122223333',
  region: 'eu-west-1',
  workerEnvironment: (host) => ({ AWS_ENDPOINT_URL_EKS: `http://${host}:9000` }),
  waitScale: 0.1,
  alarmEvaluationSeconds: 1,
  scheduleMinuteSeconds: 5,
  maxWorkers: 8,
  report: () => undefined,
  environment: {},
};

const onHost = () => hostEnvironment(options, { port: 4566, directory: '/tmp/run', worker: '/tmp/run/worker.mjs' });
const settings = (environment: Readonly<Record<string, string | undefined>>) => JSON.parse(environment['SLUICE_LOCALSTACK'] ?? '');

it('listens on loopback alone, and writes into its own folder alone', () => {
  const environment = onHost();
  expect(environment['GATEWAY_LISTEN']).toBe('127.0.0.1:4566');
  for (const folder of ['FILESYSTEM_ROOT', 'LOCALSTACK_VOLUME_DIR', 'TMPDIR', 'SLUICE_LOCALSTACK_DIRECTORY']) {
    expect(environment[folder]).toBe('/tmp/run');
  }
});

it('takes away what would lead LocalStack’s own calls elsewhere', () => {
  const environment = onHost();
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_PROFILE', 'AWS_CA_BUNDLE']) expect(environment).toHaveProperty(name, undefined);
});

it('tells the plugin how the functions reach this machine, and what scale time has', () => {
  expect(settings(onHost())).toMatchObject({
    worker: '/tmp/run/worker.mjs',
    worker_environment: { AWS_ENDPOINT_URL_EKS: 'http://127.0.0.1:9000' },
    answers_url: 'http://127.0.0.1:4566',
    wait_scale: 0.1,
    max_workers: 8,
  });
});

it('finds its plugin, which has every patch that is applied', () => {
  const plugin = onHost()['PYTHONPATH'] ?? '';
  expect(existsSync(join(plugin, 'sluice_localstack/__main__.py'))).toBe(true);
});

it('is reached in Docker on loopback too, while its functions reach this machine by Docker’s name', () => {
  const args = dockerArguments(options, { name: 'sluice-localstack-1', port: 4567 });
  expect(args).toContain('127.0.0.1:4567:4567');
  const flags = args.find((argument) => argument.startsWith('LAMBDA_DOCKER_FLAGS='));
  expect(flags).toContain('--add-host=host.docker.internal:host-gateway');
  expect(flags).toContain('-e AWS_ENDPOINT_URL_EKS=http://host.docker.internal:9000');
  expect(args.at(-1)).toBe('localstack/localstack:4.14');
});

it('gives no address to a function that it would refuse to answer CloudFormation at', () => {
  const variable = dockerArguments(options, { name: 'x', port: 4567 }).find((argument) => argument.startsWith('SLUICE_LOCALSTACK='));
  expect(JSON.parse(variable?.slice('SLUICE_LOCALSTACK='.length) ?? '')).toMatchObject({ answers_url: expect.stringMatching(/^https:/) });
});

it.each([
  [{ XDG_CACHE_HOME: '/caches', HOME: '/home/me' }, '/caches/sluice'],
  [{ HOME: '/home/me' }, '/home/me/.cache/sluice'],
  [{ XDG_CACHE_HOME: '', HOME: '/home/me' }, '/home/me/.cache/sluice'],
])('keeps its Python environment in the user’s cache: %j', (environment, folder) => {
  expect(cacheFolder(environment)).toBe(folder);
});

it('makes another Python environment as soon as a pin changes, and none before', () => {
  const key = keyOf(['localstack-core==4.14.0', 'boto3==1.42.54']);
  expect(key).toMatch(/^[0-9a-f]{12}$/);
  expect(keyOf(['localstack-core==4.14.0', 'boto3==1.42.54'])).toBe(key);
  expect(keyOf(['localstack-core==4.14.0', 'boto3==1.42.55'])).not.toBe(key);
  expect(keyOf(['localstack-core==4.14.0boto3==1.42.54'])).not.toBe(key);
});
