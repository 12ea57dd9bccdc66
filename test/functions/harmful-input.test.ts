import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../core/errors.ts';
import { abort } from '../../functions/abort.ts';
import { applySpec } from '../../functions/apply-spec.ts';
import { begin } from '../../functions/begin.ts';
import { decide } from '../../functions/decide.ts';
import { operate } from '../../functions/operate.ts';
import { receiveAlerts } from '../../functions/receive-alerts.ts';
import type { SluiceFunction } from '../../runtime/define-function.ts';
import { startMs } from '../core/rollout/rollout-for-tests.ts';
import payload from '../data/upgrades/payload-v2.json' with { type: 'json' };
import { alertJson, doorsOfRunningRollout, messageOf } from './doors-for-tests.ts';

async function refusalOf(door: SluiceFunction, event: unknown): Promise<Error> {
  const { deps, phase } = await doorsOfRunningRollout();
  const error: unknown = await door
    .wiredWith(deps)(event)
    .catch((thrown: unknown) => thrown);
  if (!(error instanceof Error)) throw new Error('it was taken');
  expect(await phase()).toBe('progressing');
  return error;
}

const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
const alarm = (reason: string) => ({
  ...{ version: '0', id: 'e1', account: '111122223333', time: '2026-01-05T03:00:40Z', region: 'eu-west-1', resources: [] },
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName: 'checkout-errors', state: { value: 'ALARM', reason, timestamp: new Date(startMs + 40_000).toISOString() } },
});
const record = (message: string) => ({
  Records: [{ Sns: { MessageId: 'm1', Message: message, Subject: null, Timestamp: new Date(startMs + 2_000).toISOString() } }],
});

describe('an input that means harm', () => {
  it.each<readonly [string, SluiceFunction, unknown]>([
    ['that cannot be made a text', decide, { ...payload, payloadVersion: { toString: 1 } }],
    ['that is nested without end, where nothing is expected', begin, { input: deep, executionArn: 'arn', executionStartedAt: '' }],
    ['that is nested without end, in a payload', decide, { ...payload, more: deep }],
    ['of a person for what is no rollout', abort, { rollout: '', by: 'ada' }],
    ['with an endless name of a file', applySpec, { file: 'x'.repeat(2_000), text: '' }],
    ['with an endless name of an alarm', abort, { ...alarm('high'), detail: { ...alarm('high').detail, alarmName: 'x'.repeat(256) } }],
  ])('%s is refused by name, and changes nothing', async (_, door, event) => {
    expect(await refusalOf(door, event)).toBeInstanceOf(InvalidInputError);
  });

  it('that is wrong in many places is refused in few words', async () => {
    const resources = Array.from({ length: 50_000 }, () => 1);
    const error = await refusalOf(receiveAlerts, { Records: resources });
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error.message.length).toBeLessThan(5_000);
  });
});

describe('an alarm that fires', () => {
  it.each([
    ['without end', 'x'.repeat(600_000)],
    ['that is cut within a character', `${'x'.repeat(1_022)}🐌`],
  ])('rolls back, whatever its reason is: one %s', async (_, reason) => {
    const { deps, phase, reason: recorded } = await doorsOfRunningRollout();
    await expect(abort.wiredWith(deps)(alarm(reason))).resolves.toMatchObject({ outcome: 'rollbackStarted' });
    expect(await phase()).toBe('rollingBack');
    const text = (await recorded()) ?? '';
    expect(text.length).toBeLessThan(1_200);
    expect(text.isWellFormed()).toBe(true);
  });

  it.each([
    ['through the abort door', abort, {}],
    ['as an operator', operate, { action: 'abort' }],
  ])('and a user whose path in IAM is long, %s, roll back all the same', async (_, door, wish) => {
    const { deps, phase } = await doorsOfRunningRollout();
    const by = `arn:aws:iam::111122223333:user/${'division/'.repeat(40)}ada`;
    await expect(door.wiredWith(deps)({ rollout: 'checkout', by, ...wish })).resolves.toMatchObject({ outcome: 'rollbackStarted' });
    expect(await phase()).toBe('rollingBack');
  });

  it.each([
    ['through the abort door', abort, {}],
    ['as an operator', operate, { action: 'abort' }],
  ])('and a person who says why without end, %s, roll back all the same', async (_, door, wish) => {
    const { deps, phase, reason } = await doorsOfRunningRollout();
    const why = `${'x'.repeat(999)}🐌${'x'.repeat(500_000)}`;
    await expect(door.wiredWith(deps)({ rollout: 'checkout', by: 'ada', why, ...wish })).resolves.toMatchObject({
      outcome: 'rollbackStarted',
    });
    expect(await phase()).toBe('rollingBack');
    expect(await reason()).toBe(`Aborted by ada: ${'x'.repeat(999)}….`);
  });

  it('as an alert whose summary is cut within a character, rolls back', async () => {
    const { deps, phase, reason } = await doorsOfRunningRollout();
    const summary = '🐌'.repeat(400);
    await receiveAlerts.wiredWith(deps)(
      record(messageOf(alertJson({ annotations: { summary: `x${summary}` } }), alertJson({ annotations: { summary } }))),
    );
    expect(await phase()).toBe('rollingBack');
    expect((await reason())?.isWellFormed()).toBe(true);
    expect(await reason()).not.toContain('\ufffd');
  });

  it('beside one of an endless name, which no spec can name, rolls back all the same', async () => {
    const { deps, phase } = await doorsOfRunningRollout();
    const endless = alertJson({ labels: { alertname: 'x'.repeat(5_000) }, fingerprint: 'f2' });
    await expect(receiveAlerts.wiredWith(deps)(record(messageOf(endless, alertJson())))).resolves.toMatchObject({
      outcome: 'rollbackStarted',
    });
    expect(await phase()).toBe('rollingBack');
  });
});
