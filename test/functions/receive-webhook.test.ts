import { describe, expect, it } from 'vitest';
import { AwsUnavailableError } from '../../core/errors.ts';
import { receiveWebhook } from '../../functions/receive-webhook.ts';
import { alertJson, doorsOfRunningRollout, messageOf } from './doors-for-tests.ts';

const secrets = ['the-new-secret-value', 'the-old-secret-value'];

interface Call {
  readonly authorization?: string;
  readonly body?: string | undefined;
  readonly method?: string;
}

async function called({ authorization = `Bearer ${secrets[0]}`, body = messageOf(alertJson()), method = 'POST' }: Call) {
  const door = await doorsOfRunningRollout();
  const webhookSecret = { read: async () => secrets };
  const event = {
    version: '2.0',
    headers: { authorization, 'content-type': 'application/json' },
    requestContext: { http: { method, path: '/' } },
    body: Buffer.from(body, 'utf8').toString('base64'),
    isBase64Encoded: true,
  };
  const answer = (await receiveWebhook.wiredWith({ ...door.deps, webhookSecret })(event)) as { statusCode: number; body: string };
  return { ...door, answer };
}

describe('the webhook', () => {
  it.each([
    ['the present secret', `Bearer ${secrets[0]}`],
    ['the one before, while it is rotated', `Bearer ${secrets[1]}`],
    ['the scheme in another case', `bearer ${secrets[0]}`],
  ])('takes an alert from whoever has %s', async (_, authorization) => {
    const { answer, phase } = await called({ authorization });
    expect(answer).toMatchObject({ statusCode: 202, body: 'Accepted' });
    expect(await phase()).toBe('rollingBack');
  });

  it.each([
    ['no header', ''],
    ['another secret', 'Bearer the-new-secret-valuf'],
    ['the beginning of the secret', 'Bearer the-new-secret'],
    ['the secret alone', secrets[0] ?? ''],
    ['another scheme', `Basic ${secrets[0]}`],
    ['nothing behind the scheme', 'Bearer '],
  ])('refuses %s, with an answer that tells nothing', async (_, authorization) => {
    const { answer, phase } = await called({ authorization, body: 'not even JSON' });
    expect(answer).toEqual({
      statusCode: 401,
      headers: { 'content-type': 'text/plain', 'www-authenticate': 'Bearer' },
      body: 'Unauthorized',
    });
    expect(await phase()).toBe('progressing');
  });

  it.each([
    ['no JSON', { body: 'Alerts Firing' }],
    ['no body', { body: '' }],
    ['another method', { method: 'GET' }],
    ['more than 256 KB', { body: messageOf(alertJson({ annotations: { summary: 'x'.repeat(300_000) } })) }],
  ])('refuses %s, with an answer that tells nothing', async (_, call) => {
    const { answer, phase } = await called(call);
    expect(answer).toMatchObject({ statusCode: 400, body: 'Bad Request' });
    expect(await phase()).toBe('progressing');
  });

  it('takes the good alerts beside a bad one, and says that something was bad', async () => {
    const { answer, phase } = await called({ body: messageOf(alertJson({ fingerprint: '' }), alertJson()) });
    expect(answer.statusCode).toBe(400);
    expect(await phase()).toBe('rollingBack');
  });

  it('takes a body that is not encoded', async () => {
    const door = await doorsOfRunningRollout();
    const webhookSecret = { read: async () => secrets };
    const handler = receiveWebhook.wiredWith({ ...door.deps, webhookSecret });
    const event = {
      headers: { authorization: `Bearer ${secrets[0]}` },
      requestContext: { http: { method: 'POST' } },
      body: messageOf(alertJson()),
    };
    expect(await handler(event)).toMatchObject({ statusCode: 202 });
  });

  it('has the secret in no line of the log, neither a good one nor a guess', async () => {
    for (const authorization of [`Bearer ${secrets[0]}`, 'Bearer a-guess-of-somebody']) {
      const { log } = await called({ authorization });
      expect(log.lines.length).toBeGreaterThan(0);
      expect(JSON.stringify(log.lines)).not.toMatch(/secret-value|a-guess/);
    }
  });

  it('asks for the secret once more where it does not fit: it may have been rotated just now', async () => {
    const door = await doorsOfRunningRollout();
    const webhookSecret = { read: async (doubted = false) => (doubted ? secrets : ['a-secret-of-yesterday']) };
    const event = {
      headers: { authorization: `Bearer ${secrets[0]}` },
      requestContext: { http: { method: 'POST' } },
      body: messageOf(alertJson()),
    };
    expect(await receiveWebhook.wiredWith({ ...door.deps, webhookSecret })(event)).toMatchObject({ statusCode: 202 });
  });

  it('fails where the secret cannot be read, so that Alertmanager tries again', async () => {
    const door = await doorsOfRunningRollout();
    const read = async () => {
      throw new AwsUnavailableError('Secrets Manager did not do GetSecretValue: ThrottlingException.', { remedy: 'Try again later.' });
    };
    const event = { headers: { authorization: 'Bearer x' }, requestContext: { http: { method: 'POST' } }, body: '{}' };
    await expect(receiveWebhook.wiredWith({ ...door.deps, webhookSecret: { read } })(event)).rejects.toMatchObject({
      name: 'AwsUnavailableError',
    });
  });
});
