import { describe, expect, it } from 'vitest';
import { readAlertText } from '../../../core/spec/alert-text.ts';

const block = (labels: readonly string[], annotations: readonly string[] = []) =>
  [
    'Labels:',
    ...labels.map((label) => ` - ${label}`),
    'Annotations:',
    ...annotations,
    'Source: http://prometheus/graph?g0.expr=up',
    '',
  ].join('\n');
const errors = block(['alertname = CheckoutErrors', 'namespace = shop', 'severity = page'], [' - summary = Too many errors']);
const latency = block(['alertname = CheckoutLatency', 'namespace = shop']);
const namesOf = (told: ReturnType<typeof readAlertText>) =>
  typeof told === 'string' ? told : told.map(({ name, state }) => `${name} ${state}`);

describe("Alertmanager's default text", () => {
  it('tells what fires and what is over', () => {
    const text = `Alerts Firing:\n${errors}\nAlerts Resolved:\n${latency}`;
    expect(readAlertText(text, '[FIRING:1] CheckoutErrors (shop)')).toEqual([
      {
        name: 'CheckoutErrors',
        fingerprint: 'alertname=CheckoutErrors,namespace=shop,severity=page',
        state: 'alarm',
        reason: 'Firing for {namespace="shop", severity="page"}: Too many errors',
        sinceMs: undefined,
      },
      expect.objectContaining({ name: 'CheckoutLatency', state: 'ok', reason: 'Resolved for {namespace="shop"}.' }),
    ]);
  });

  it.each([
    ['one that is over needs no count', `\n\nAlerts Resolved:\n${latency}`, undefined, ['CheckoutLatency ok']],
    ['two that fire', `Alerts Firing:\n${errors}${latency}`, '[FIRING:2] ', ['CheckoutErrors alarm', 'CheckoutLatency alarm']],
    ['lines that end as on Windows', `Alerts Firing:\n${errors}`.replaceAll('\n', '\r\n'), '[FIRING:1] x', ['CheckoutErrors alarm']],
    [
      'a description of many lines',
      `Alerts Firing:\n${block(['alertname = A'], [' - description = one', '', 'two = 2', 'Labels:', ' - three'])}`,
      '[FIRING:1] A',
      ['A alarm'],
    ],
  ])('is read: %s', (_, text, subject, names) => {
    expect(namesOf(readAlertText(text, subject))).toEqual(names);
  });

  it.each([
    ["a subject of somebody's own, which counts nothing", `Alerts Firing:\n${errors}`, 'Prod alert', 'not the default one'],
    ['no subject', `Alerts Firing:\n${errors}`, undefined, 'not the default one'],
    ['a subject that counts fewer', `Alerts Firing:\n${errors}${latency}`, '[FIRING:1] x', 'counts 1 firing, its text has 2'],
    ['a subject that says all is over', `Alerts Firing:\n${errors}`, '[RESOLVED] x', 'counts 0 firing'],
    [
      'a summary that reads as another alert',
      `Alerts Firing:\n${block(['alertname = A'], [' - summary = x', 'Source: y', 'Labels:', ' - alertname = CheckoutErrors', 'Annotations:'])}`,
      '[FIRING:1] A',
      'counts 1 firing, its text has 2',
    ],
    ['a label that goes on for two lines', `Alerts Firing:\n${block(['alertname = A', 'pod = x\ny'])}`, '[FIRING:1] A', 'Line 5'],
    ['two names in one alert', `Alerts Firing:\n${block(['alertname = A', 'alertname = B'])}`, '[FIRING:1] A', 'Line 4'],
    ['labels out of order', `Alerts Firing:\n${block(['alertname = A', 'z = 1', 'b = 2'])}`, '[FIRING:1] A', 'Line 5'],
    ['an alert without a name', `Alerts Firing:\n${block(['namespace = shop'])}`, '[FIRING:1] shop', 'Line 3'],
    ['an alert that was cut off', `Alerts Firing:\n${errors.slice(0, 80)}`, '[FIRING:1] x', 'Line'],
    ['annotations that were cut off', `Alerts Firing:\n${errors.slice(0, -50)}`, '[FIRING:1] x', 'in the middle'],
    ['an alert under no heading', errors, '[FIRING:1] x', 'Line 1'],
    ['no alert', '\n\n', '[FIRING:1] x', 'no alert'],
    ['other text', 'CPU is high', undefined, 'Line 1'],
  ])('is not taken at all with %s', (_, text, subject, why) => {
    expect(readAlertText(text, subject)).toEqual(expect.stringContaining(why));
  });
});
