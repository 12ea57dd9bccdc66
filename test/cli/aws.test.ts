import { describe, expect, it } from 'vitest';
import { createDynamoDbStore } from '../../adapters/store/dynamodb.ts';
import { connectAws } from '../../cli/connection/aws/connect-aws.ts';
import { functionNameOf } from '../../cli/connection/aws/invoke.ts';
import type { SignedFetch } from '../../cli/connection/aws/signed-request.ts';
import { connectTo } from '../../cli/connection/controller.ts';
import { restoreError } from '../../cli/connection/restore-error.ts';
import type { Connector } from '../../cli/run.ts';
import { NotFoundError, StoreUnavailableError } from '../../core/errors.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createFakeDynamoDb } from '../fakes/dynamodb.ts';
import { sluice } from './run-command.ts';

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Asked {
  readonly url: string;
  readonly target: string;
  readonly authorization: string;
  readonly body: string;
}

const identity =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/on-call/ada</Arn>' +
  '<Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';

/** The AWS APIs that the command speaks with, as far as it does. */
function fakeAws(answers: Readonly<Record<string, Answer>> = {}) {
  const asked: Asked[] = [];
  const dynamoDb = createFakeDynamoDb();
  const answer = async (url: URL, target: string, body: string): Promise<Answer> => {
    const wanted = answers[target === '' ? url.pathname : target];
    if (wanted !== undefined) return wanted;
    if (url.hostname.startsWith('sts.')) return { body: identity };
    const [service, operation = ''] = target.split('.');
    if (service === 'DynamoDB_20120810') {
      const result = await dynamoDb.call(operation, JSON.parse(body));
      return result.status === 'ok' ? { body: result.output } : { status: 400, body: { __type: result.failure.name } };
    }
    if (operation === 'StartExecution') return { body: { executionArn: '', startDate: 0 } };
    return { status: 404, body: { message: 'not here' } };
  };
  const fetch: SignedFetch = async (address, { headers, body }) => {
    const url = new URL(address);
    const target = headers['x-amz-target'] ?? '';
    asked.push({ url: address, target, authorization: headers['authorization'] ?? '', body });
    const { status = 200, headers: answered = {}, body: content } = await answer(url, target, body);
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    return { status, headers: { get: (name) => answered[name] ?? null }, text: async () => text };
  };
  const connect: Connector = async ({ region, prefix }) => ({
    connection: await connectAws({
      region,
      prefix,
      environment: {},
      credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
      fetch,
      clock: new VirtualClock(),
    }),
    close: async () => undefined,
  });
  return { asked, fetch, command: (...argv: string[]) => sluice([...argv, '--region', 'eu-west-1'], { connect }) };
}

const invocation = (name: string) => `/2015-03-31/functions/${name}/invocations`;

describe('the command on AWS', () => {
  it('calls functions by their names, signed, and says who asks', async () => {
    const aws = fakeAws({
      [invocation('shop-sluice-operate')]: { body: { outcome: 'pause', rolloutId: 'checkout-000001' } },
    });
    const { code, out } = await aws.command('pause', 'checkout', '--why', 'lunch', '--prefix', 'shop-sluice');
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('checkout-000001 is to pause') });
    const call = aws.asked.at(-1);
    expect(call?.url).toBe('https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/shop-sluice-operate/invocations');
    expect(call?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260105\/eu-west-1\/lambda\/aws4_request/);
    expect(JSON.parse(call?.body ?? '')).toEqual({
      rollout: 'checkout',
      action: 'pause',
      why: 'lunch',
      by: 'arn:aws:sts::111122223333:assumed-role/on-call/ada',
    });
  });

  it.each([
    ['NotFoundError', 3],
    ['InvalidInputError', 2],
    ['RolloutRefusedError', 1],
    ['Sandbox.Timedout', 3],
  ])('turns the error %s of a function into its exit code %i', async (errorType, code) => {
    const error = { errorType, errorMessage: 'No rollout of checkout is under way.', trace: ['at somewhere'] };
    const aws = fakeAws({ [invocation('sluice-abort')]: { headers: { 'x-amz-function-error': 'Unhandled' }, body: error } });
    const result = await aws.command('abort', 'checkout');
    expect(result.code).toBe(code);
    expect(result.err).toContain('No rollout of checkout is under way.');
    expect(result.err).not.toContain('somewhere');
  });

  it('says what to correct where there is no such function, and what is forbidden', async () => {
    expect(await fakeAws().command('abort', 'checkout')).toMatchObject({
      code: 3,
      err: 'error: There is no function sluice-abort.\n  Correct --region or --prefix, or deploy the controller with `npx cdk deploy`.\n',
    });
    const forbidden = { status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException:' }, body: { Message: 'not authorized' } };
    const { code, err } = await fakeAws({ [invocation('sluice-abort')]: forbidden }).command('abort', 'checkout');
    expect(code).toBe(3);
    expect(err).toContain('Lambda did not call sluice-abort: AccessDeniedException, not authorized.');
  });

  it('reads the table, and knows where there is nothing', async () => {
    const aws = fakeAws();
    expect(await aws.command('status')).toMatchObject({ code: 0, out: expect.stringContaining('No spec has been applied yet') });
    expect(JSON.parse(aws.asked.at(-1)?.body ?? '')).toMatchObject({ TableName: 'sluice', ConsistentRead: true });
    expect((await aws.command('start', 'checkout', 'v2')).code).toBe(3);
  });

  it('needs a region', async () => {
    const connect: Connector = async () => ({
      connection: await connectAws({
        region: undefined,
        prefix: 'sluice',
        environment: {},
        credentials: async () => ({ accessKeyId: '', secretAccessKey: '' }),
        fetch: async () => Promise.reject(new Error('not to be called')),
        clock: new VirtualClock(),
      }),
      close: async () => undefined,
    });
    expect(await sluice(['status'], { connect })).toMatchObject({ code: 2, err: expect.stringContaining('--region') });
  });

  it('starts the machine of the account, and tells how an execution ended', async () => {
    const arn = 'arn:aws:states:eu-west-1:111122223333:execution:sluice-rollout:x';
    const aws = fakeAws({
      'AWSStepFunctions.DescribeExecution': { body: { status: 'FAILED', error: 'RolloutRefusedError', cause: 'An alarm fires.' } },
    });
    const connection = await connectAws({
      region: 'eu-west-1',
      prefix: 'sluice',
      environment: {},
      credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
      fetch: aws.fetch,
      clock: new VirtualClock(),
    });
    const { executionArn } = await connection.start({ rollout: 'checkout', image: 'v2', force: 'mended' });
    expect(executionArn).toMatch(/^arn:aws:states:eu-west-1:111122223333:execution:sluice-rollout:checkout-[0-9a-f-]{36}$/);
    const { stateMachineArn, input } = JSON.parse(aws.asked.at(-1)?.body ?? '');
    expect(stateMachineArn).toBe('arn:aws:states:eu-west-1:111122223333:stateMachine:sluice-rollout');
    const by = 'arn:aws:sts::111122223333:assumed-role/on-call/ada';
    expect(JSON.parse(input)).toEqual({
      rollout: 'checkout',
      image: 'v2',
      actor: { kind: 'person', id: by },
      force: { by, why: 'mended' },
    });
    expect(await connection.execution(arn)).toEqual({ status: 'failed', error: 'RolloutRefusedError', cause: 'An alarm fires.' });
  });

  describe('an abort that the door could not carry out', () => {
    const refusing = (name: string, times: number) => {
      let asked = 0;
      return {
        asked: () => asked,
        controller: {
          where: 'here',
          clock: new VirtualClock(),
          store: createDynamoDbStore({ call: createFakeDynamoDb().call, tableName: 'sluice', clock: new VirtualClock() }),
          by: 'ada',
          invoke: async (): Promise<unknown> => {
            asked += 1;
            if (asked <= times) throw restoreError({ name, message: 'It did not answer.', remedy: 'Try again.' });
            return { outcome: 'abort', rolloutId: 'checkout-000001' };
          },
          startExecution: async () => undefined,
          describeExecution: async () => ({ status: 'running' as const }),
        },
      };
    };
    const abortOf = ({ controller }: ReturnType<typeof refusing>) => connectTo(controller).abort({ rollout: 'checkout' });

    it('is asked for again until the store answers', async () => {
      const door = refusing('StoreUnavailableError', 2);
      await expect(abortOf(door)).resolves.toEqual({ outcome: 'abort', rolloutId: 'checkout-000001' });
      expect(door.asked()).toBe(3);
    });

    it('is given up after five times, with why', async () => {
      const door = refusing('StoreUnavailableError', 9);
      await expect(abortOf(door)).rejects.toThrow(StoreUnavailableError);
      expect(door.asked()).toBe(5);
    });

    it('is not asked for again where that can mend nothing', async () => {
      const door = refusing('NotFoundError', 9);
      await expect(abortOf(door)).rejects.toThrow(NotFoundError);
      expect(door.asked()).toBe(1);
    });
  });
});

it.each([
  ['ApplySpec', 'sluice-apply-spec'],
  ['Abort', 'sluice-abort'],
])('names the function %s %s', (name, expected) => {
  expect(functionNameOf('sluice', name)).toBe(expected);
});
