import type { JsonPatchOperation, KubernetesApi } from '../../../core/ports.ts';
import { createdFenceOperations } from './ensure-owned.ts';
import { deploymentRef, type Owner, type WorkloadNames } from './names.ts';
import { requireOwnership } from './ownership.ts';
import { parseAs } from './parse-as.ts';
import { retryConflicts } from './retry-conflicts.ts';
import { deployment } from './schemas.ts';

/** `absent`: there is no canary to scale; somebody removed it. `replicas` is what the canary has been told to have. */
export type Scaled = { readonly status: 'scaled' | 'unchanged'; readonly replicas: number } | { readonly status: 'absent' };

/**
 * Sizes the canary for its next step, under the owner's fence. Only upwards unless `direction` is `any`: capacity goes away after
 * the traffic has, never before. It holds only while the size is the one that was read: a call that is late takes nothing away (T1).
 *
 * @throws FencedError, WorkloadRejectedError (not this rollout's object), WriteConflictError, ClusterUnavailableError
 */
export function scaleCanary(
  api: KubernetesApi,
  wanted: Pick<WorkloadNames, 'namespace' | 'canaryDeployment'> & Owner & { readonly replicas: number; readonly direction?: 'up' | 'any' },
): Promise<Scaled> {
  const ref = deploymentRef(wanted.namespace, wanted.canaryDeployment);
  return retryConflicts<Scaled>(`The size of Deployment ${ref.namespace}/${ref.name}`, async () => {
    const found = await api.read(ref);
    if (found === undefined) return { status: 'absent' };
    requireOwnership(found, wanted);
    const present = parseAs(deployment, found).spec.replicas ?? 1;
    const replicas = wanted.direction === 'any' ? wanted.replicas : Math.max(present, wanted.replicas);
    if (replicas === present) return { status: 'unchanged', replicas };
    const operations: JsonPatchOperation[] = [
      ...createdFenceOperations(found, wanted),
      // The API server writes out the 1 that nobody said. A later step of the same fence may have given it more meanwhile.
      { op: 'test', path: '/spec/replicas', value: present },
      { op: 'replace', path: '/spec/replicas', value: replicas },
    ];
    const written = await api.write({ jsonPatch: ref, operations });
    return written.status === 'written' ? { status: 'scaled', replicas } : undefined;
  });
}
