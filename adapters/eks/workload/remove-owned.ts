import type { KubernetesApi, ResourceRef } from '../../../core/ports.ts';
import type { Owner } from './names.ts';
import { ownershipOf } from './ownership.ts';
import { retryConflicts } from './retry-conflicts.ts';

/** `kept`: it is there, but it is not this rollout's to remove: somebody else's, or a later owner's. */
export type Removed = 'removed' | 'absent' | 'kept';

/**
 * Removes an object that this rollout made, in this run or in an earlier one. Idempotent. It goes only while it is as it was read: a
 * removal that is late would else take what a later rollout has made its own.
 *
 * @throws WriteConflictError, ClusterUnavailableError (both retryable), ClusterForbiddenError
 */
export function removeOwned(api: KubernetesApi, ref: ResourceRef, owner: Owner): Promise<Removed> {
  return retryConflicts<Removed>(`The removal of ${ref.resource} ${ref.namespace}/${ref.name}`, async () => {
    const found = await api.read(ref);
    if (found?.metadata.uid === undefined) return 'absent';
    const { uid, resourceVersion } = found.metadata;
    const ownership = ownershipOf(found, owner);
    if (ownership === 'foreign' || ownership === 'newer') return 'kept';
    const outcome = await api.remove(ref, { uid, resourceVersion });
    return outcome === 'conflict' ? undefined : outcome;
  });
}
