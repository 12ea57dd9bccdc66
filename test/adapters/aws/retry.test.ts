import { describe, expect, it } from 'vitest';
import type { AwsAnswer } from '../../../adapters/aws/json-api.ts';
import { callWithRetry } from '../../../adapters/aws/retry.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';

const ok: AwsAnswer = { status: 'ok', output: {} };
const failure = (retryable: boolean, refused: boolean): AwsAnswer => ({
  status: 'failed',
  failure: { name: 'Odd', message: '', retryable, refused, details: {} },
});
const throttled = failure(true, true);
const lost = failure(true, false);
const denied = failure(false, true);

describe('a call with retry', () => {
  it.each([
    ['an answer', [ok], true, 1, 0],
    ['throttling', [throttled, throttled, ok], false, 3, 75],
    ['a lost answer of a repeatable request', [lost, ok], true, 2, 25],
    ['a lost answer of a request that is not repeatable', [lost, ok], false, 1, 0],
    ['a refusal for good', [denied, ok], true, 1, 0],
    ['more failures than tries', [lost, lost, lost, lost, ok], true, 4, 175],
  ])('after %s', async (_, answers, repeatable, calls, waitedMs) => {
    const clock = new VirtualClock({ startMs: 0 });
    const left = [...answers];
    const call = async () => left.shift() ?? ok;
    const last = await callWithRetry(call, 'GetItem', {}, { clock, attempts: 4, repeatable });
    expect(answers.length - left.length).toBe(calls);
    expect(last).toBe(answers[calls - 1]);
    expect(clock.now()).toBe(waitedMs);
  });
});
