import { describe, expect, it } from 'vitest';
import type { AwsAnswer } from '../../../adapters/aws/json-api.ts';
import { createSecretSource } from '../../../adapters/secrets/secrets-manager.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:sluice-webhook-a1b2c3';
const failed = (name: string, retryable = false): AwsAnswer => ({
  status: 'failed',
  failure: { name, message: 'says the-old-secret-value', retryable, refused: true, details: undefined },
});
const text = (SecretString: string): AwsAnswer => ({ status: 'ok', output: { SecretString } });

/** Secrets Manager with one secret, by stage. */
function setup(stages: Record<string, AwsAnswer>) {
  const clock = new VirtualClock();
  const asked: unknown[] = [];
  const call = async (operation: string, input: Readonly<Record<string, unknown>>) => {
    asked.push({ operation, ...input });
    return stages[String(input['VersionStage'])] ?? failed('ResourceNotFoundException');
  };
  return { clock, asked, stages, secret: createSecretSource({ call, secretArn, clock }) };
}

describe('the secret of the webhook', () => {
  it('is good in its present version and the one before', async () => {
    const { secret, asked } = setup({ AWSCURRENT: text('the-new-secret-value\n'), AWSPREVIOUS: text('the-old-secret-value') });
    expect(await secret.read()).toEqual(['the-new-secret-value', 'the-old-secret-value']);
    expect(asked).toEqual([
      { operation: 'GetSecretValue', SecretId: secretArn, VersionStage: 'AWSCURRENT' },
      { operation: 'GetSecretValue', SecretId: secretArn, VersionStage: 'AWSPREVIOUS' },
    ]);
  });

  it('may have no version before, and may be binary', async () => {
    const SecretBinary = Buffer.from('a-binary-secret-value').toString('base64');
    expect(await setup({ AWSCURRENT: { status: 'ok', output: { SecretBinary } } }).secret.read()).toEqual(['a-binary-secret-value']);
  });

  it('is kept for five minutes, so that a rotation counts after that at the latest', async () => {
    const { secret, asked, clock, stages } = setup({ AWSCURRENT: text('the-old-secret-value') });
    await secret.read();
    await clock.sleep(299_000);
    await secret.read();
    expect(asked).toHaveLength(2);
    stages['AWSCURRENT'] = text('the-new-secret-value');
    await clock.sleep(2_000);
    expect(await secret.read()).toEqual(['the-new-secret-value']);
  });

  it('is read again for a token that does not fit, but only every half minute, whoever guesses', async () => {
    const { secret, asked, clock } = setup({ AWSCURRENT: text('the-old-secret-value') });
    await secret.read();
    for (let guess = 0; guess < 20; guess += 1) await secret.read(true);
    expect(asked).toHaveLength(2);
    await clock.sleep(31_000);
    await secret.read(true);
    expect(asked).toHaveLength(4);
  });

  it.each([
    ['has no value', {}],
    ['is empty', { AWSCURRENT: text('') }],
    ['could be guessed', { AWSCURRENT: text('hunter2') }],
  ])('that %s lets nobody in', async (_, stages) => {
    await expect(setup(stages).secret.read()).rejects.toMatchObject({ name: 'NotFoundError' });
  });

  it.each([
    ['is throttled', 'ThrottlingException', true, 'Try again later'],
    ['is forbidden', 'AccessDeniedException', false, 'secretsmanager:GetSecretValue'],
  ])('that %s is unavailable, and its error repeats nothing of it', async (_, name, retryable, remedy) => {
    const reading = setup({ AWSCURRENT: failed(name, retryable), AWSPREVIOUS: text('the-old-secret-value') }).secret.read();
    await expect(reading).rejects.toMatchObject({ name: 'AwsUnavailableError', message: expect.stringContaining(remedy) });
    await reading.catch((error: Error) => expect(JSON.stringify({ ...error, message: error.message })).not.toContain('old-secret'));
  });
});
