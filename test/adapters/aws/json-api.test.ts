import { describe, expect, it } from 'vitest';
import { type AwsFetch, createAwsJsonApi } from '../../../adapters/aws/json-api.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';

const credentials = async () => ({
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'session/token==',
});

const answering =
  (status: number, body: string): AwsFetch =>
  async () => ({ status, text: async () => body });

const apiWith = (fetch: AwsFetch, options: Partial<Parameters<typeof createAwsJsonApi>[0]> = {}) =>
  createAwsJsonApi({
    service: 'dynamodb',
    region: 'eu-west-1',
    targetPrefix: 'DynamoDB_20120810',
    endpoint: 'https://dynamodb.eu-west-1.amazonaws.com',
    credentials,
    fetch,
    clock: new VirtualClock({ startMs: Date.UTC(2026, 0, 5, 3, 0, 0) }),
    ...options,
  });

describe('the JSON API of AWS', () => {
  it('signs a request as botocore does', async () => {
    const requests: Parameters<AwsFetch>[] = [];
    const fetch: AwsFetch = async (...request) => {
      requests.push(request);
      return { status: 200, text: async () => '{}' };
    };
    await apiWith(fetch)('GetItem', { TableName: 'sluice' });
    expect(requests).toMatchObject([
      [
        'https://dynamodb.eu-west-1.amazonaws.com/',
        {
          method: 'POST',
          body: '{"TableName":"sluice"}',
          headers: {
            'content-type': 'application/x-amz-json-1.0',
            'x-amz-target': 'DynamoDB_20120810.GetItem',
            'x-amz-date': '20260105T030000Z',
            'x-amz-security-token': 'session/token==',
            // From botocore 1.44.5: SigV4Auth(credentials, 'dynamodb', 'eu-west-1').add_auth(the same request at the same time).
            authorization:
              'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260105/eu-west-1/dynamodb/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target, Signature=24ab281f7fd6459e9b409a17b241cce7d3324ee264126feb6decb96d10c5a5af',
          },
        },
      ],
    ]);
  });

  it.each([
    ['http://127.0.0.1:4566', undefined, 'http://127.0.0.1:4566/', 'application/x-amz-json-1.0'],
    ['https://vpce-1.example/prefix', '1.1' as const, 'https://vpce-1.example/prefix', 'application/x-amz-json-1.1'],
  ])('posts to the endpoint %s with the version %s of the protocol', async (endpoint, jsonVersion, url, contentType) => {
    let asked: Parameters<AwsFetch> | undefined;
    const fetch: AwsFetch = async (...request) => {
      asked = request;
      return { status: 200, text: async () => '{}' };
    };
    await apiWith(fetch, { endpoint, ...(jsonVersion === undefined ? {} : { jsonVersion }) })('GetItem', {});
    expect(asked?.[0]).toBe(url);
    expect(asked?.[1].headers).toMatchObject({ 'content-type': contentType });
    expect(asked?.[1].headers).not.toHaveProperty('host');
  });

  it('answers what the service answered', async () => {
    expect(await apiWith(answering(200, '{"Item":{"n":{"N":"1"}}}'))('GetItem', {})).toEqual({
      status: 'ok',
      output: { Item: { n: { N: '1' } } },
    });
  });

  it.each([
    [400, 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', 'ConditionalCheckFailedException', false, true],
    [400, 'ExecutionAlreadyExists', 'ExecutionAlreadyExists', false, true],
    [400, 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException', 'ProvisionedThroughputExceededException', true, true],
    [400, 'com.amazon.coral.availability#ThrottlingException', 'ThrottlingException', true, true],
    [400, 'x#RequestLimitExceeded', 'RequestLimitExceeded', true, true],
    [400, 'x#TransactionConflictException', 'TransactionConflictException', true, true],
    [400, 'x#TransactionInProgressException', 'TransactionInProgressException', true, true],
    [400, 'x#AccessDeniedException', 'AccessDeniedException', false, true],
    [429, 'x#Odd', 'Odd', true, true],
    [500, 'x#InternalServerError', 'InternalServerError', true, false],
    [503, 'x#ServiceUnavailable', 'ServiceUnavailable', true, false],
  ])('reads a failure of HTTP %i and the type %s', async (status, type, name, retryable, refused) => {
    const body = { __type: type, message: 'why', CancellationReasons: [] };
    expect(await apiWith(answering(status, JSON.stringify(body)))('PutItem', {})).toEqual({
      status: 'failed',
      failure: { name, message: 'why', retryable, refused, details: body },
    });
  });

  it('finds the message in either spelling', async () => {
    const answer = await apiWith(answering(400, '{"__type":"x#AccessDenied","Message":"no"}'))('PutItem', {});
    expect(answer).toMatchObject({ failure: { message: 'no' } });
  });

  it.each([
    [200, '<html>', true, false],
    [502, '<html>', true, false],
    [403, '<html>', false, true],
    [400, '{}', true, true],
  ])('does not take HTTP %i with the body %s for an answer of AWS', async (status, body, retryable, refused) => {
    const answer = await apiWith(answering(status, body))('GetItem', {});
    expect(answer).toMatchObject({ status: 'failed', failure: { name: 'UnreadableAnswer', retryable, refused } });
  });

  it('tells what failed in the network, and that nothing is known about the request', async () => {
    const cause = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    expect(await apiWith(() => Promise.reject(cause))('PutItem', {})).toMatchObject({
      failure: {
        name: 'NetworkError',
        message: 'dynamodb.eu-west-1.amazonaws.com could not be reached: fetch failed (connect ECONNREFUSED)',
        retryable: true,
        refused: false,
        cause,
      },
    });
  });

  const aborted = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

  it.each<[string, AwsFetch]>([
    ['answer', (_, { signal }) => aborted(signal)],
    ['end its answer', async (_, { signal }) => ({ status: 200, text: () => aborted(signal) })],
  ])('gives up where the service does not %s in time', async (_, fetch) => {
    const clock = new VirtualClock({ startMs: 0 });
    const answer = await apiWith(fetch, { clock, timeoutMs: 800 })('GetItem', {});
    expect(answer).toMatchObject({ failure: { name: 'TimeoutError', retryable: true, refused: false } });
    expect(clock.now()).toBe(800);
  });

  it('leaves no timer behind when it has its answer', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    await apiWith(answering(200, '{}'), { clock })('GetItem', {});
    await clock.sleep(10);
    expect(clock.now()).toBe(10);
  });

  it('sends nothing without credentials', async () => {
    let sent = 0;
    const fetch: AwsFetch = async () => {
      sent += 1;
      return { status: 200, text: async () => '{}' };
    };
    const answer = await apiWith(fetch, { credentials: () => Promise.reject(new Error('no profile')) })('GetItem', {});
    expect(answer).toMatchObject({ failure: { name: 'CredentialsError', message: 'no profile', refused: true } });
    expect(sent).toBe(0);
  });
});
