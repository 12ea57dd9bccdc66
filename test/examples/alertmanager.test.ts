import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readAlertMessage } from '../../core/spec/alert-message.ts';

const read = (file: string) => readFileSync(new URL(`../../examples/alertmanager/${file}`, import.meta.url), 'utf8');

/**
 * What Go's text/template makes of sluice.tmpl for two alerts, one of which has quotes, a backslash, a line break and an emoji in its labels
 * and in its summary. Go's `%q` writes what JSON reads, for all that can be printed.
 */
const rendered = String.raw`{"receiver":"sluice","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"CheckoutErrors","namespace":"shop","quote":"a \"b\" \\ c\nd é 😀"},"annotations":{"summary":"Too many \"errors\"\n\tnow"},"startsAt":"2026-01-05T03:00:00.5Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"5bba0d6d0ec4a2a1"},{"status":"resolved","labels":{"alertname":"CheckoutSlow"},"annotations":{},"startsAt":"2026-01-05T03:00:00.5Z","endsAt":"2026-01-05T03:01:00.5Z","fingerprint":"f2"}]}`;

interface AlertmanagerConfig {
  readonly templates: readonly string[];
  readonly route: { readonly receiver: string; readonly routes?: readonly { readonly receiver: string }[] };
  readonly receivers: readonly { readonly name: string; readonly sns_configs?: readonly Readonly<Record<string, unknown>>[] }[];
}

describe('the examples for Alertmanager', () => {
  it('have a template whose JSON is read whole', () => {
    expect(readAlertMessage(rendered, undefined)).toEqual({
      alerts: [
        {
          name: 'CheckoutErrors',
          fingerprint: '5bba0d6d0ec4a2a1',
          state: 'alarm',
          reason: 'Firing for {namespace="shop", quote="a \\"b\\" \\\\ c\\nd é 😀"}: Too many "errors"\n\tnow',
          sinceMs: Date.UTC(2026, 0, 5, 3, 0, 0, 500),
        },
        { name: 'CheckoutSlow', fingerprint: 'f2', state: 'ok', reason: 'Resolved.', sinceMs: Date.UTC(2026, 0, 5, 3, 1, 0, 500) },
      ],
      ignored: [],
      wrong: [],
    });
  });

  it('give Amazon Managed Prometheus the same template', () => {
    const definition = parse(read('managed-prometheus.yaml')) as { readonly template_files: Readonly<Record<string, string>> };
    expect(definition.template_files).toEqual({ default_template: read('sluice.tmpl') });
  });

  it.each([
    ['an Alertmanager of your own', () => parse(read('alertmanager.yaml'))],
    [
      'Amazon Managed Prometheus',
      () => parse((parse(read('managed-prometheus.yaml')) as { alertmanager_config: string }).alertmanager_config),
    ],
  ])('send SNS what fires and what is over, signed, for %s', (_, load) => {
    const config = load() as AlertmanagerConfig;
    const names = config.receivers.map(({ name }) => name);
    const routed = [config.route.receiver, ...(config.route.routes ?? []).map(({ receiver }) => receiver)];
    expect(routed.filter((name) => !names.includes(name))).toEqual([]);
    expect(config.receivers.find(({ name }) => name === 'sluice')?.sns_configs).toEqual([
      expect.objectContaining({
        topic_arn: expect.stringMatching(/^arn:aws:sns:[a-z0-9-]+:\d{12}:sluice-alerts$/),
        sigv4: { region: 'eu-west-1' },
        send_resolved: true,
      }),
    ]);
  });
});
