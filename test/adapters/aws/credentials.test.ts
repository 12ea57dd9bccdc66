import { describe, expect, it } from 'vitest';
import { environmentCredentials } from '../../../adapters/aws/credentials.ts';
import { NotFoundError } from '../../../core/errors.ts';

const keys = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' };

describe('the credentials of the environment', () => {
  it.each([
    [
      { ...keys, AWS_SESSION_TOKEN: 'token' },
      { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' },
    ],
    [keys, { accessKeyId: 'AKID', secretAccessKey: 'secret' }],
    [
      { ...keys, AWS_SESSION_TOKEN: '' },
      { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    ],
  ])('%j are %j', async (environment, expected) => {
    expect(await environmentCredentials(environment)()).toStrictEqual(expected);
  });

  it.each([{}, { AWS_ACCESS_KEY_ID: 'AKID' }, { ...keys, AWS_SECRET_ACCESS_KEY: '' }])('are not found in %j', async (environment) => {
    await expect(environmentCredentials(environment)()).rejects.toThrow(NotFoundError);
  });
});
