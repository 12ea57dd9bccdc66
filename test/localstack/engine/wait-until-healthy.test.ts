import { expect, it } from 'vitest';
import { AwsUnavailableError } from '../../../core/errors.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { waitUntilHealthy } from './wait-until-healthy.ts';

const refused = () => Promise.reject(new Error('connect ECONNREFUSED'));
const endpoint = 'http://127.0.0.1:4566';

it('asks until LocalStack answers', async () => {
  const answers = [refused, async () => ({ ok: false }), async () => ({ ok: true })];
  const asked: string[] = [];
  const fetch = (url: string) => {
    asked.push(url);
    return (answers.shift() ?? refused)();
  };
  await waitUntilHealthy(endpoint, { clock: new VirtualClock(), timeoutMs: 1_000, logs: () => '', fetch });
  expect(asked).toEqual(Array(3).fill(`${endpoint}/_localstack/health`));
});

it('ends with what LocalStack wrote last, where it ended', async () => {
  const logs = () => `${Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n')}\nSyntaxError\n`;
  const waiting = waitUntilHealthy(endpoint, {
    clock: new VirtualClock(),
    timeoutMs: 1_000,
    gaveUp: () => 'ended with 1',
    logs,
    fetch: refused,
  });
  await expect(waiting).rejects.toThrow(AwsUnavailableError);
  await expect(waiting).rejects.toThrow(/LocalStack ended with 1\..*line 29\nSyntaxError$/s);
  await expect(waiting).rejects.not.toThrow(/line 10\n/);
});

it('gives up in the end', async () => {
  const clock = new VirtualClock({ startMs: 0 });
  const waiting = waitUntilHealthy(endpoint, { clock, timeoutMs: 60_000, logs: () => '', fetch: refused });
  await expect(waiting).rejects.toThrow('did not answer within 60 s');
  expect(clock.now()).toBeGreaterThanOrEqual(60_000);
});
