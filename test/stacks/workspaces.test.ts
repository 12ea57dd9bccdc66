import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { oneSpec, type Synthesised, statementsOf, synthesise } from './synthesised.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-workspaces-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = readFileSync(join(oneSpec, 'checkout.yaml'), 'utf8');
const asking = (name: string, url: string, more = '') =>
  writeFileSync(
    join(folder, `${name}.yaml`),
    text.replaceAll('name: checkout', `name: ${name}`).replace('http://prometheus.istio-system:9090', url).concat(more),
  );
asking('plain', 'http://prometheus.istio-system:9090', '  alerts: [Slow]\n');
asking('queries', 'https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-queries');
asking('alerts', 'https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-alerts', '  alerts: [Slow]\n');

const given = 'arn:aws:aps:eu-west-1:444455556666:workspace/ws-given';
const [none, some, more] = await Promise.all([
  synthesise(),
  synthesise({ rolloutsFolder: folder }),
  synthesise({ rolloutsFolder: folder, workspaces: given }),
]);

const queried = ['arn:aws:aps:eu-west-1:111122223333:workspace/ws-queries', 'arn:aws:aps:us-east-1:111122223333:workspace/ws-alerts'];
const [, alerting] = queried;

/** By function, what each action in Managed Prometheus is allowed on. */
function allowed({ of }: Synthesised): Record<string, Record<string, readonly string[]>> {
  const roles = of('AWS::IAM::Role').map((role) => {
    const statements = statementsOf([role]).filter(({ Action }) => Action.some((action) => action.startsWith('aps:')));
    const actions = statements.flatMap(({ Action, Resource }) => Action.map((action) => [action, Resource.toSorted()]));
    return [String(role.properties['Description']).replace(/^What (\w+) of .*$/, '$1'), Object.fromEntries(actions)] as const;
  });
  return Object.fromEntries(roles.filter(([, actions]) => Object.keys(actions).length > 0));
}

describe('workspaces of Amazon Managed Prometheus', () => {
  it('are nobody’s business where no spec asks one', () => {
    expect(allowed(none)).toEqual({});
  });

  it('may be queried by the functions that measure, and asked for alerts where a spec names some', () => {
    const asks = { 'aps:QueryMetrics': queried, 'aps:ListAlerts': [alerting], 'aps:ListRules': [alerting] };
    expect(allowed(some)).toEqual({ Begin: asks, RunAnalysis: asks, VerifyTraffic: { 'aps:QueryMetrics': queried } });
  });

  it('are those of the context too, of which nobody knows what they will be asked', () => {
    expect(allowed(more)['Begin']).toEqual({
      'aps:QueryMetrics': [...queried, given].toSorted(),
      'aps:ListAlerts': [alerting, given].toSorted(),
      'aps:ListRules': [alerting, given].toSorted(),
    });
  });
});
