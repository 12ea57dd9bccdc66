import { VirtualClock } from '../../sandbox/clock.ts';
import { createRbac } from '../../sandbox/kubernetes/rbac.ts';
import type { RunOptions } from '../scenarios/run-scenario.ts';
import { clusterAccess } from './cluster-access.ts';
import type { Ledger, Roles } from './ledger.ts';
import { privilegedDeps } from './privileged-deps.ts';

/** What functions may do: their roles in AWS, and in the cluster the manifests and who has an access entry. */
export interface Privileges {
  readonly prefix: string;
  readonly roles: Roles;
  readonly manifests: readonly unknown[];
  readonly withEntry: ReadonlySet<string>;
}

/** Options of `runScenario` under which every Lambda has the adapters that it has on AWS, and may do what its role allows and no more. */
export function underRoles({ prefix, roles, manifests, withEntry }: Privileges, ledger: Ledger): RunOptions {
  const clock = new VirtualClock();
  const rbac = createRbac(manifests, ['shop']);
  return {
    clock,
    wrapDeps: privilegedDeps({ clock, roles, ledger, prefix }),
    onSandbox: ({ kubernetes }) => {
      kubernetes.access = clusterAccess(rbac, withEntry, ledger);
    },
  };
}
