import { describe, expect, it } from 'vitest';
import { readAlertJson, readAlertMessage } from '../../../core/spec/alert-message.ts';

const alert = (change: Readonly<Record<string, unknown>> = {}) => ({
  status: 'firing',
  labels: { alertname: 'CheckoutErrors', namespace: 'shop' },
  annotations: { summary: 'Too many errors' },
  startsAt: '2026-01-05T03:00:00.5Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph',
  fingerprint: '5bba0d6d0ec4a2a1',
  ...change,
});

/** As Alertmanager posts it. Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
const webhook = (alerts: readonly unknown[], change: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({
    version: '4',
    groupKey: '{}:{alertname="CheckoutErrors"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'sluice',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager',
    alerts,
    ...change,
  });

const firing = {
  name: 'CheckoutErrors',
  fingerprint: '5bba0d6d0ec4a2a1',
  state: 'alarm',
  reason: 'Firing for {namespace="shop"}: Too many errors',
  sinceMs: Date.UTC(2026, 0, 5, 3, 0, 0, 500),
};

describe('a message of JSON', () => {
  it("tells Alertmanager's alerts, those that fire and those that are over", () => {
    const over = alert({ status: 'resolved', fingerprint: 'b', annotations: {}, endsAt: '2026-01-05T03:05:00Z' });
    expect(readAlertMessage(webhook([alert(), over]), undefined)).toEqual({
      alerts: [
        firing,
        {
          name: 'CheckoutErrors',
          fingerprint: 'b',
          state: 'ok',
          reason: 'Resolved for {namespace="shop"}.',
          sinceMs: Date.UTC(2026, 0, 5, 3, 5),
        },
      ],
      ignored: [],
      wrong: [],
    });
  });

  it.each([
    ["RFC 3339, as Alertmanager's webhook and Sluice's template write it", '2026-01-05T03:00:00.500000000Z'],
    ['another zone', '2026-01-05T04:00:00.5+01:00'],
    ["Go's own text, as the template in AWS's guide writes it", '2026-01-05 03:00:00.5 +0000 UTC'],
    ["Go's own text of another zone", '2026-01-05 04:00:00.5 +0100 CET'],
  ])('may write the time as %s', (_, startsAt) => {
    expect(readAlertJson(webhook([alert({ startsAt })])).alerts).toEqual([firing]);
  });

  it.each([
    ['no JSON, but begun like it: it was cut off', '{"alerts": [{"status": "fir'],
    ['JSON of another kind', '{"Type": "Notification"}'],
    ['an array', '[]'],
    ['nothing', ''],
  ])('that is %s has to be mended, and tells nothing', (_, text) => {
    const { alerts, wrong } = readAlertJson(text);
    expect(alerts).toEqual([]);
    expect(wrong).toEqual([expect.stringContaining('examples/alertmanager/')]);
  });

  it.each([
    ['a status that is neither', alert({ status: 'pending' }), 'status'],
    ['no time', alert({ startsAt: 'yesterday' }), 'yesterday'],
    ['a zero time, though it fires', alert({ startsAt: '0001-01-01T00:00:00Z' }), '0001'],
    ['no fingerprint', alert({ fingerprint: '' }), 'fingerprint'],
  ])('keeps its good alerts beside one with %s', (_, bad, says) => {
    const { alerts, wrong } = readAlertJson(webhook([bad, alert()]));
    expect(alerts).toEqual([firing]);
    expect(wrong).toEqual([expect.stringContaining(says)]);
  });

  it('passes over alerts that have no name, and says how many were left out', () => {
    const told = readAlertJson(webhook([alert({ labels: {} }), alert()], { truncatedAlerts: 3 }));
    expect(told.alerts).toEqual([firing]);
    expect(told.wrong).toEqual([]);
    expect(told.ignored).toEqual(['1 alerts without an alertname are ignored.', expect.stringContaining('3 alerts were left out')]);
  });

  it('keeps a reason short, whatever the labels', () => {
    const [long] = readAlertJson(webhook([alert({ annotations: { summary: 'x'.repeat(5000) } })])).alerts;
    expect(long?.reason.length).toBeLessThanOrEqual(501);
  });
});

describe('a message of text', () => {
  it('is ignored, with the way out, where it is not certain', () => {
    const told = readAlertMessage('Hello, this is a test.', 'Test');
    expect(told).toMatchObject({ alerts: [], wrong: [] });
    expect(told.ignored).toEqual([expect.stringMatching(/Line 1 .*examples\/alertmanager\//)]);
  });
});
