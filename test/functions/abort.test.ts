import { describe, expect, it } from 'vitest';
import { abort } from '../../functions/abort.ts';
import { startMs } from '../core/rollout/rollout-for-tests.ts';
import { doorsOfRunningRollout } from './doors-for-tests.ts';

const change = (value: string, atMs: number) => ({
  alarmName: 'checkout-errors',
  state: { value, reason: 'Threshold crossed', reasonData: '{}', timestamp: new Date(atMs).toISOString().replace('Z', '+0000') },
  previousState: { value: 'OK', timestamp: new Date(startMs).toISOString().replace('Z', '+0000') },
  configuration: { alarmRule: 'ALARM("a")', actionsSuppressor: 'deployment' },
});
const alarmArn = 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:checkout-errors';

/** The two ways in which one change of an alarm is told. */
const eventOf = (value: string, atMs = startMs + 5000) => ({
  version: '0',
  id: `${value}-${atMs}`,
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  account: '111122223333',
  time: '2026-01-05T03:00:05Z',
  region: 'eu-west-1',
  resources: [alarmArn],
  detail: change(value, atMs),
});
const actionOf = (value: string, atMs = startMs + 5000) => ({
  source: 'aws.cloudwatch',
  alarmArn,
  accountId: '111122223333',
  time: '2026-01-05T03:00:05.000+0000',
  region: 'eu-west-1',
  alarmData: change(value, atMs),
});

describe('an alarm at the abort door', () => {
  it.each([
    ['the event and then the action', [eventOf('ALARM'), actionOf('ALARM')]],
    ['the action and then the event', [actionOf('ALARM'), eventOf('ALARM')]],
    ['the action alone', [actionOf('ALARM')]],
    ['the event alone', [eventOf('ALARM')]],
  ])('counts once: %s', async (_, told) => {
    const { deps, store, started, reason } = await doorsOfRunningRollout();
    const outcomes = [];
    for (const each of told) outcomes.push(await abort.wiredWith(deps)(each));
    expect(outcomes[0]).toEqual({ outcome: 'rollbackStarted', aborted: ['checkout-000001'] });
    expect(new Set(started)).toEqual(new Set(['checkout-2-1']));
    expect(await store.read({ partition: 'alarm#checkout-errors', sort: 'state' })).toMatchObject({
      version: 1,
      value: { state: 'alarm' },
    });
    expect(await reason()).toBe('checkout-errors is in alarm: Threshold crossed');
  });

  it.each([
    ['that it is over', actionOf('OK')],
    ['that it lacks data', actionOf('INSUFFICIENT_DATA')],
    ['of a time before the rollout', actionOf('ALARM', startMs - 1)],
  ])('aborts nothing where its action tells %s', async (_, told) => {
    const { deps, phase } = await doorsOfRunningRollout();
    expect(await abort.wiredWith(deps)(told)).toEqual({ outcome: 'noted', aborted: [] });
    expect(await phase()).toBe('progressing');
  });
});
