import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { InvalidInputError, SpecInvalidError, StoreConflictError } from '../../core/errors.ts';
import { type AnswerFetch, actSeconds, answerCustomResource, answerSeconds, customResourceRequest } from '../../runtime/custom-resource.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { functionSetups } from '../../stacks/functions.ts';
import { startCloudFormation } from '../fakes/cloudformation.ts';

const cloudFormation = await startCloudFormation();
const { request, answers, puts } = cloudFormation;
afterAll(() => cloudFormation.close());
beforeEach(() => {
  answers.length = 0;
  puts.length = 0;
});

const done = async () => ({ physicalId: 'rollout/checkout', data: { SpecVersion: '3' } });
const never = () => new Promise<never>(() => undefined);

function answering() {
  const deps = { clock: new VirtualClock(), log: createMemoryLog() };
  const startMs = deps.clock.now();
  return {
    ...deps,
    seconds: () => (deps.clock.now() - startMs) / 1000,
    answer: (change: Parameters<typeof request>[0], act: Parameters<typeof answerCustomResource>[2], fetch?: AnswerFetch) =>
      answerCustomResource(deps, request(change), act, fetch),
  };
}

describe('the answer of a custom resource', () => {
  it('repeats what CloudFormation asked, with an id and what may be asked of the resource', async () => {
    expect(await answering().answer({}, done)).toEqual({ outcome: 'SUCCESS' });
    expect(answers).toEqual([
      {
        Status: 'SUCCESS',
        PhysicalResourceId: 'rollout/checkout',
        StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/sluice/1',
        RequestId: 'request-1',
        LogicalResourceId: 'Checkout',
        Data: { SpecVersion: '3' },
      },
    ]);
  });

  it('is a PUT with an empty content type, which is what its address is signed for', async () => {
    await answering().answer({}, done);
    expect(puts).toMatchObject([{ method: 'PUT', contentType: '' }]);
  });

  it('is FAILED with the sentence that tells how to mend it, and keeps the id, so that nothing is deleted', async () => {
    const act = async () => {
      throw new SpecInvalidError('checkout.yaml:3:1 weight: found 0.', { remedy: 'Mend the file and apply it again.' });
    };
    const { answer } = answering();
    expect(await answer({ RequestType: 'Update', PhysicalResourceId: 'rollout/checkout' }, act)).toEqual({ outcome: 'FAILED' });
    expect(answers).toMatchObject([
      {
        Status: 'FAILED',
        Reason: 'checkout.yaml:3:1 weight: found 0. Mend the file and apply it again.',
        PhysicalResourceId: 'rollout/checkout',
      },
    ]);
  });

  it('lets the Delete that follows a failed Create succeed without an act: nothing came into being', async () => {
    const { answer } = answering();
    const fail = () => Promise.reject(new Error('no'));
    await answer({}, fail);
    const PhysicalResourceId = answers[0]?.PhysicalResourceId ?? '';
    expect(await answer({ RequestType: 'Delete', PhysicalResourceId }, fail)).toEqual({ outcome: 'SUCCESS' });
    expect(answers.map(({ Status }) => Status)).toEqual(['FAILED', 'SUCCESS']);
  });

  it.each([
    ['plain letters', 'x'.repeat(20_000)],
    ['letters of several bytes', '€"\n'.repeat(4_000)],
  ])('stays within 4,096 bytes where the reason is long, in %s', async (_, reason) => {
    await answering().answer({}, () => Promise.reject(new Error(reason)));
    expect(puts[0]?.bytes).toBeLessThanOrEqual(4096);
    expect(puts[0]?.bytes).toBeGreaterThan(4000);
    expect(answers[0]?.Reason).toMatch(/the logs of this function have the rest\)$/);
  });

  it('is given also where the act never ends', async () => {
    const { answer, seconds } = answering();
    expect(await answer({}, never)).toEqual({ outcome: 'FAILED' });
    expect(answers[0]?.Reason).toContain(`not done within ${actSeconds} s`);
    expect(seconds()).toBe(actSeconds);
  });

  it('waits for what can pass, since CloudFormation tries nothing twice', async () => {
    let left = 3;
    const act = async () => {
      left -= 1;
      if (left > 0) throw new StoreConflictError('Somebody wrote first.', { remedy: 'Read again.' });
      return done();
    };
    expect(await answering().answer({}, act)).toEqual({ outcome: 'SUCCESS' });
  });

  it('does not try again what cannot pass', async () => {
    let calls = 0;
    const act = async () => {
      calls += 1;
      throw new InvalidInputError('It has no text.', { remedy: 'Give it one.' });
    };
    expect(await answering().answer({}, act)).toEqual({ outcome: 'FAILED' });
    expect(calls).toBe(1);
  });
});

describe('the way of the answer', () => {
  it('is tried again while the other end does not take it', async () => {
    cloudFormation.failNext(503, 500);
    expect(await answering().answer({}, done)).toEqual({ outcome: 'SUCCESS' });
    expect(puts).toHaveLength(3);
  });

  it('ends in an error within the time of the Lambda, which then calls again', async () => {
    const { answer, seconds } = answering();
    const down = () => Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } }));
    await expect(answer({}, done, down)).rejects.toMatchObject({ name: 'AwsUnavailableError' });
    expect(seconds()).toBeGreaterThan(10);
    expect(seconds()).toBeLessThan(answerSeconds);
  });

  it('leaves each Lambda that answers so time to spare', () => {
    const setups = functionSetups.filter(({ name }) => name === 'DeploySpec' || name === 'GuardRemoval');
    expect(setups).toHaveLength(2);
    for (const { timeoutSeconds } of setups) expect(timeoutSeconds).toBeGreaterThan(answerSeconds + 5);
  });

  it.each([301, 302, 307, 403])(
    'is not gone further at HTTP %i: not to another address, nor with a signature that ran out',
    async (status) => {
      cloudFormation.failNext(status);
      await expect(answering().answer({}, done)).rejects.toMatchObject({ name: 'AwsUnavailableError' });
      expect(puts).toHaveLength(1);
    },
  );

  it.each([
    'http://example.com/answer',
    'http://169.254.169.254/latest',
    'http://localhost.example.com/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'no address',
  ])('does not lead to %s, and nothing is done', async (ResponseURL) => {
    let acted = false;
    const act = async () => {
      acted = true;
      return done();
    };
    await expect(answering().answer({ ResponseURL }, act)).rejects.toThrow(InvalidInputError);
    expect(acted).toBe(false);
  });

  it.each([
    'https://cloudformation-custom-resource-response-euwest1.s3-eu-west-1.amazonaws.com/x?Signature=y',
    'http://localhost:4566/x',
    'http://s3.localhost.localstack.cloud:4566/x',
    'http://[::1]:4566/x',
  ])('may lead to %s', async (ResponseURL) => {
    const asked: string[] = [];
    const fetch: AnswerFetch = async (url) => {
      asked.push(url);
      return { status: 200 };
    };
    await answering().answer({ ResponseURL }, done, fetch);
    expect(asked).toEqual([ResponseURL]);
  });

  it('stands in no log and in no error, whatever happens', async () => {
    const { answer, log } = answering();
    const errors: unknown[] = [];
    const leaking = (url: string) => Promise.reject(new Error(`could not reach ${url}`));
    for (const fetch of [leaking, async () => ({ status: 403 })]) {
      await answer({}, () => Promise.reject(new Error('no')), fetch).catch((error: unknown) => errors.push(error));
    }
    const said = JSON.stringify([log.lines, errors.map((error) => [String(error), String((error as Error).cause)])]);
    expect(errors).toHaveLength(2);
    expect(said).not.toContain('secret');
  });
});

describe('a request of CloudFormation', () => {
  it('is taken with fields that are not known, and without properties', () => {
    const { ResourceProperties: _, ...bare } = request({});
    expect(customResourceRequest.parse({ ...bare, ServiceToken: 'arn', New: 1 })).toMatchObject({ ResourceProperties: {}, New: 1 });
  });
});
