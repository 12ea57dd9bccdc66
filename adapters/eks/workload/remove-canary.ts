import type { KubernetesApi, ResourceRef } from '../../../core/ports.ts';
import { deploymentRef, type Owner, serviceRef, type WorkloadNames } from './names.ts';
import { ownershipOf } from './ownership.ts';
import { retryConflicts } from './retry-conflicts.ts';

/** `kept`: it is there, but it is not this rollout's to remove: somebody else's, or a later owner's. */
export type Removed = 'removed' | 'absent' | 'kept';

/**
 * Removes the canary's Deployment, and its pods with it, then its Service. To be called when no route names it any more and it has
 * drained (T8). Idempotent. Each object goes only while it is the very one that was read.
 *
 * @throws WriteConflictError, ClusterUnavailableError (both retryable), ClusterForbiddenError
 */
export async function removeCanary(
  api: KubernetesApi,
  canary: Pick<WorkloadNames, 'namespace' | 'canaryDeployment' | 'canaryService'> & Owner,
): Promise<{ readonly deployment: Removed; readonly service: Removed }> {
  const deployment = await removeOwned(api, deploymentRef(canary.namespace, canary.canaryDeployment), canary);
  const service = await removeOwned(api, serviceRef(canary.namespace, canary.canaryService), canary);
  return { deployment, service };
}

function removeOwned(api: KubernetesApi, ref: ResourceRef, owner: Owner): Promise<Removed> {
  return retryConflicts<Removed>(`The removal of ${ref.resource} ${ref.namespace}/${ref.name}`, async () => {
    const found = await api.read(ref);
    if (found?.metadata.uid === undefined) return 'absent';
    const ownership = ownershipOf(found, owner);
    if (ownership === 'foreign' || ownership === 'newer') return 'kept';
    const outcome = await api.remove(ref, { uid: found.metadata.uid });
    return outcome === 'conflict' ? undefined : outcome;
  });
}
