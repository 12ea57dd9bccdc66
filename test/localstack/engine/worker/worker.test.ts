import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { answerCall } from './answer-call.ts';
import { loadHandler } from './load-handler.ts';

const root = mkdtempSync(join(tmpdir(), 'sluice-worker-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
writeFileSync(
  join(root, 'index.mjs'),
  `export const handler = async (event, context) => ({ event, id: context.awsRequestId, left: context.getRemainingTimeInMillis() });
   export const silent = () => undefined;
   class Fenced extends Error { name = 'FencedError' }
   export const failing = async () => { throw new Fenced('It changed hands.'); };
   export const text = () => { throw 'a text'; };
   export const traced = () => process.env._X_AMZN_TRACE_ID;`,
);
writeFileSync(join(root, 'old.cjs'), 'exports.handler = async () => "from CommonJS";');
writeFileSync(join(root, 'broken.mjs'), 'throw new RangeError("no such region");');

const lineOf = (payload: unknown) =>
  JSON.stringify({
    'invoke-id': 'request-1',
    'invoked-function-arn': 'arn:aws:lambda:eu-west-1:000000000000:function:sluice-begin:1',
    'trace-id': 'Root=1-2',
    payload: payload === undefined ? '' : JSON.stringify(payload),
    timeout: 50,
  });
const call = async (handler: string, payload?: unknown) => {
  const { failed, body } = await answerCall(await loadHandler(root, handler), lineOf(payload));
  return { failed, body: JSON.parse(body) };
};

describe('a call', () => {
  it('is given the event and a context with the time that is left', async () => {
    const { failed, body } = await call('index.handler', { rollout: 'checkout' });
    expect(failed).toBe(false);
    expect(body).toMatchObject({ event: { rollout: 'checkout' }, id: 'request-1' });
    expect(body.left).toBeGreaterThan(0);
    expect(body.left).toBeLessThanOrEqual(50_000);
  });

  it('without a payload is given an empty object', async () => {
    expect((await call('index.handler')).body.event).toEqual({});
  });

  it('that returns nothing answers null', async () => {
    expect(await call('index.silent')).toEqual({ failed: false, body: null });
  });

  it('that fails answers with the error’s own name, which Retry and Catch go by', async () => {
    const { failed, body } = await call('index.failing');
    expect(failed).toBe(true);
    expect(body).toMatchObject({ errorType: 'FencedError', errorMessage: 'It changed hands.' });
  });

  it('that throws no Error answers with its type', async () => {
    expect(await call('index.text')).toMatchObject({ failed: true, body: { errorType: 'string', errorMessage: 'a text' } });
  });

  it('finds its trace in the environment', async () => {
    expect((await call('index.traced')).body).toBe('Root=1-2');
  });
});

describe('the code of a function', () => {
  it('may be CommonJS', async () => {
    expect(await call('old.handler')).toEqual({ failed: false, body: 'from CommonJS' });
  });

  it.each([
    ['nothing.handler', 'Runtime.ImportModuleError', "Cannot find module 'nothing'"],
    ['index.nothing', 'Runtime.HandlerNotFound', 'index.nothing is undefined or not exported'],
    ['broken.handler', 'RangeError', 'no such region'],
  ])('%s, which does not load, answers %s', async (handler, errorType, message) => {
    const { failed, body } = await call(handler);
    expect(failed).toBe(true);
    expect(body).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) });
  });
});
