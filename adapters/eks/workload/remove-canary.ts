import type { KubernetesApi } from '../../../core/ports.ts';
import { deploymentRef, type Owner, serviceRef, type WorkloadNames } from './names.ts';
import { type Removed, removeOwned } from './remove-owned.ts';

/**
 * Removes the canary's Deployment, and its pods with it, then its Service. To be called when no route names it any more and it has
 * drained (T8). Idempotent. Each object goes only while it is as it was read.
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
