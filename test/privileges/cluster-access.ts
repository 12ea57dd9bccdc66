import type { Access, Caller } from '../../sandbox/kubernetes/access.ts';
import type { Rbac } from '../../sandbox/kubernetes/rbac.ts';
import type { Ledger } from './ledger.ts';
import { account } from './needed-permissions.ts';

/**
 * The cluster's side: who sends a request is told by the key that signed its token, as on EKS, and those whose role has an access entry are
 * in the group that the Role is bound to.
 */
export function clusterAccess(rbac: Rbac, withEntry: ReadonlySet<string>, ledger: Ledger): Access {
  return {
    authenticate(token): Caller | undefined {
      const url = new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString('utf8'));
      const name = url.searchParams.get('X-Amz-Credential')?.split('/')[0] ?? '';
      return withEntry.has(name) ? { user: `arn:aws:sts::${account}:assumed-role/${name}/sluice`, groups: ['sluice'] } : undefined;
    },
    authorize(caller, request) {
      const allowed = rbac.allowing(caller, request).length > 0;
      ledger.noteCluster({ function: caller.user.split('/')[1] ?? '', ...request }, allowed);
      return allowed;
    },
  };
}
