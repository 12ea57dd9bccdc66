import { describe, expect, it } from 'vitest';
import { rbacManifests, rootNamespaceManifests } from '../../stacks/cluster-access/rbac.ts';
import { Ledger } from '../privileges/ledger.ts';
import { planted } from '../privileges/privileged-deps.ts';
import { tableEntries, tableRoles } from '../privileges/table-roles.ts';
import { underRoles } from '../privileges/under-roles.ts';
import { differences } from './differences.ts';
import { scenarios } from './list.ts';
import { runScenario } from './run-scenario.ts';
import { SecretsWatch } from './secrets-watch.ts';

const manifests = [...rbacManifests(['shop']), ...rootNamespaceManifests()];
/** With the adapters that the functions have on AWS, and no more rights than they have there. */
const privileges = { prefix: 'sluice', roles: tableRoles, manifests, withEntry: tableEntries };

describe('scenarios on the sandbox', () => {
  it.each(scenarios.map((scenario) => [`${scenario.name}: ${scenario.title}`, scenario] as const))('%s', async (_, scenario) => {
    const ledger = new Ledger();
    const secrets = new SecretsWatch({ 'a key': planted.secretAccessKey, 'the token of a session': planted.sessionToken });
    const outcome = await runScenario(scenario, secrets.watching(underRoles(privileges, ledger)));
    secrets.lookBack(outcome);
    expect([...differences(scenario, outcome), ...ledger.refusals, ...secrets.found]).toEqual([]);
  });
});
