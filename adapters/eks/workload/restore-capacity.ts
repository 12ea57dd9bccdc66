import type { JsonPatchOperation, KubernetesApi } from '../../../core/ports.ts';
import type { AutoscalerPin } from '../../../core/rollout/record.ts';
import { fenceOperations } from '../../mesh/fence.ts';
import { pinAutoscaler } from './autoscaler.ts';
import { deploymentRef, type Owner, type WorkloadNames } from './names.ts';
import { parseAs } from './parse-as.ts';
import { retryConflicts } from './retry-conflicts.ts';
import { deployment } from './schemas.ts';

type Stable = Pick<WorkloadNames, 'namespace' | 'deployment'> & Pick<Owner, 'rollout' | 'fence'> & { readonly replicas: number };

/**
 * Brings stable's capacity back where somebody undid what this rollout had pinned (T7): pins the autoscaler anew, which then brings the pods.
 * Where that autoscaler is gone, or stable was scaled to nothing, at which an autoscaler rests, nobody else has the number of replicas, and stable
 * is given those that it began with; more are left alone. A stable that was never pinned is not written: how many pods it has is not Sluice's to say.
 *
 * Source: implicit maintenance mode, https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation
 *
 * @returns Whether it was Sluice's to bring back.
 * @throws FencedError where a later owner has the autoscaler or stable.
 * @throws WriteConflictError, ClusterUnavailableError (both retryable)
 */
export async function restoreCapacity(api: KubernetesApi, stable: Stable & { readonly pins: readonly AutoscalerPin[] }): Promise<boolean> {
  if (stable.pins.length === 0) return false;
  const pinned = await pinAutoscaler(api, stable);
  await scaleUp(api, stable, pinned.length > 0 ? 0 : stable.replicas - 1);
  return true;
}

/** @param fromAtMost What has more replicas than this is left alone. */
async function scaleUp(
  api: KubernetesApi,
  { namespace, deployment: name, rollout, fence, replicas }: Stable,
  fromAtMost: number,
): Promise<void> {
  const ref = deploymentRef(namespace, name);
  await retryConflicts<true>(`The size of Deployment ${namespace}/${name}`, async () => {
    const object = await api.read(ref);
    if (object === undefined) return true;
    const present = parseAs(deployment, object).spec.replicas;
    if ((present ?? 1) > fromAtMost) return true;
    const path = '/spec/replicas';
    const operations: JsonPatchOperation[] = [
      { op: 'test', path: '/metadata/uid', value: object.metadata.uid },
      ...fenceOperations(object, { rollout, fence, role: 'door' }),
      ...(present === undefined ? [] : [{ op: 'test', path, value: present } as const]),
      { op: 'add', path, value: replicas },
    ];
    const written = await api.write({ jsonPatch: ref, operations });
    return written.status === 'conflict' ? undefined : true;
  });
}
