import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deployedParts, servicesCalledFromVpc } from './deployed-parts.ts';
import { costParts, markdownTable, tableRow } from './monthly-cost.ts';

const [basic, full, webhook] = [
  await deployedParts({ observability: 'alarms' }),
  await deployedParts({ observability: 'full' }),
  await deployedParts({ observability: 'full', webhook: true }),
];
const nothing = { rollout: {}, rest: {} };
const parts = costParts(nothing, { basic, full, webhook });
const guide = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');

describe('what a deployment costs', () => {
  it('is counted from its template', () => {
    expect(basic).toMatchObject({ alarmMetrics: 8, dashboards: 0, secrets: 0 });
    expect(full).toMatchObject({ dashboards: 1, secrets: 0 });
    expect(full.alarmMetrics).toBeGreaterThan(basic.alarmMetrics);
    expect(webhook).toMatchObject({ dashboards: 1, secrets: 1 });
  });

  it('counts no endpoint for the table, which has a free one', () => {
    expect(servicesCalledFromVpc()).toContain('states');
    expect(servicesCalledFromVpc()).not.toContain('dynamodb');
  });

  it('is in the guide as the bench prints it, part by part of what is chosen', () => {
    const chosen = parts.filter(({ optional }) => optional !== undefined).map(tableRow);
    expect(chosen.length).toBeGreaterThan(4);
    expect(chosen.filter((row) => !guide.includes(row))).toEqual([]);
  });

  it('is a table with a sum of what everybody has', () => {
    const used = { part: 'Lambda', month: { lambdaRequest: 1e6 }, rollout: { lambdaRequest: 1e5 } };
    const more = { part: 'EventBridge', month: {}, rollout: { customEvent: 12 } };
    const chosen = { part: 'a key', month: { kmsKey: 1 }, rollout: {}, optional: 'kmsKeyArn' };
    expect(markdownTable([used, more, chosen]).slice(2)).toEqual([
      '| Lambda | $0.20 | $0.02 | |',
      '| EventBridge | - | under $0.0001 | |',
      '| **together** | **$0.20** | **$0.02** | |',
      '| a key | $1.00 | - | `kmsKeyArn` |',
    ]);
  });
});
