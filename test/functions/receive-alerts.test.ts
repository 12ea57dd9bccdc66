import { describe, expect, it } from 'vitest';
import { receiveAlerts } from '../../functions/receive-alerts.ts';
import { startMs } from '../core/rollout/rollout-for-tests.ts';
import { alertJson, doorsOfRunningRollout, messageOf } from './doors-for-tests.ts';

const record = (Message: string, Subject?: string, atMs = startMs + 2000) => ({
  EventSource: 'aws:sns',
  Sns: { MessageId: 'm-1', Message, Subject: Subject ?? null, Timestamp: new Date(atMs).toISOString() },
});
const text = (name: string) => `Alerts Firing:\nLabels:\n - alertname = ${name}\nAnnotations:\nSource: http://prometheus\n`;

async function receive(...records: readonly unknown[]) {
  const door = await doorsOfRunningRollout();
  const call = () => receiveAlerts.wiredWith(door.deps)({ Records: records });
  return { ...door, call };
}

describe('an alert that comes through SNS', () => {
  it.each([
    ['as JSON', record(messageOf(alertJson()))],
    ['as the default text', record(text('CheckoutSlow'), '[FIRING:1] CheckoutSlow')],
    ['beside one that nobody names', record(messageOf(alertJson({ labels: { alertname: 'DiskFull' } }), alertJson()))],
    [
      'with labels of another service: a spec gives the name alone',
      record(messageOf(alertJson({ labels: { alertname: 'CheckoutSlow', service: 'cart' } }))),
    ],
  ])('aborts the rollout whose spec names it, %s', async (_, one) => {
    const { call, phase, started } = await receive(one);
    expect(await call()).toEqual({ outcome: 'rollbackStarted', aborted: ['checkout-000001'], named: ['CheckoutSlow'] });
    expect(await phase()).toBe('rollingBack');
    expect(started).toEqual(['checkout-2-1']);
  });

  it('says what fires, for which labels, and why', async () => {
    const { call, reason } = await receive(
      record(messageOf(alertJson(), alertJson({ fingerprint: 'f2', startsAt: new Date(startMs + 500).toISOString() }))),
    );
    await call();
    expect(await reason()).toBe('CheckoutSlow is firing: Firing for {namespace="shop"}: Slow (and 1 more)');
  });

  it('O2: has one effect, however often it comes', async () => {
    const one = record(messageOf(alertJson()));
    const { call, started, store } = await receive(one, one);
    await call();
    await call();
    expect(new Set(started)).toEqual(new Set(['checkout-2-1']));
    expect(await store.read({ partition: 'alert#CheckoutSlow', sort: 'state' })).toMatchObject({ version: 1 });
  });

  it.each([
    ['is over', record(messageOf(alertJson({ status: 'resolved', endsAt: new Date(startMs + 3000).toISOString() }))), ['CheckoutSlow']],
    ['began before the rollout did', record(messageOf(alertJson({ startsAt: new Date(startMs - 1).toISOString() }))), ['CheckoutSlow']],
    ['was told as text before the rollout began', record(text('CheckoutSlow'), '[FIRING:1] x', startMs - 1), ['CheckoutSlow']],
    ['has the name of an alarm, which is another thing', record(messageOf(alertJson({ labels: { alertname: 'checkout-errors' } }))), []],
    ['no spec names', record(messageOf(alertJson({ labels: { alertname: 'DiskFull' } }))), []],
    ['is told by a text that is not certain', record(text('CheckoutSlow'), 'Somebody else wrote this subject'), []],
  ])('aborts nothing where it %s', async (_, one, named) => {
    const { call, phase } = await receive(one);
    expect(await call()).toEqual({ outcome: 'noted', aborted: [], named });
    expect(await phase()).toBe('progressing');
  });

  it('is not kept where no spec names it', async () => {
    const { call, store } = await receive(record(messageOf(alertJson({ labels: { alertname: 'DiskFull' } }))));
    await call();
    expect(await store.read({ partition: 'alert#DiskFull', sort: 'state' })).toBeUndefined();
  });

  it('is logged where its text is not certain', async () => {
    const { call, log } = await receive(record(text('CheckoutSlow')));
    await call();
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('no alert with certainty') }),
    );
  });

  it('is handled beside a record that cannot be read, for which the call fails at the end', async () => {
    const { call, phase } = await receive(record('{"alerts": [{"sta'), record(messageOf(alertJson())));
    await expect(call()).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('examples/alertmanager/') });
    expect(await phase()).toBe('rollingBack');
  });

  it('is handled beside a bad one in the same record', async () => {
    const { call, phase } = await receive(record(messageOf(alertJson({ startsAt: 'soon' }), alertJson())));
    await expect(call()).rejects.toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('soon') });
    expect(await phase()).toBe('rollingBack');
  });
});
