import type { JsonPatchOperation, KubernetesApi, KubernetesObject } from '../../../core/ports.ts';
import { type CanaryWanted, canaryDeployment } from './canary-deployment.ts';
import { canaryService } from './canary-service.ts';
import { type Ensured, ensureOwned } from './ensure-owned.ts';
import { deploymentRef, type Owner, serviceRef, type WorkloadNames } from './names.ts';
import { parseAs } from './parse-as.ts';
import { readWorkload } from './read-workload.ts';
import { deployment as deploymentSchema } from './schemas.ts';

/**
 * Makes the canary: its Service, then its Deployment, cloned from stable as stable is now. Idempotent: a second call of the same
 * run changes the image back if it must, and the size only upwards, since a late duplicate would take capacity from a later step
 * (T1). What an earlier run of the same rollout left behind is taken over wholly.
 *
 * @param beforePods - makes what the mesh must know of the Service before it has pods.
 * @throws WorkloadRejectedError where stable is not fit for a rollout, or somebody else has an object of the canary's name.
 * @throws FencedError where the canary belongs to a later owner.
 * @throws WriteConflictError, ClusterUnavailableError (both retryable), ClusterForbiddenError
 */
export async function deployCanary(
  api: KubernetesApi,
  wanted: WorkloadNames & Owner & CanaryWanted,
  beforePods: () => Promise<unknown> = async () => undefined,
): Promise<{ readonly service: Ensured; readonly deployment: Ensured }> {
  const stable = await readWorkload(api, wanted);
  const { namespace } = wanted;
  const service = await ensureOwned(
    api,
    serviceRef(namespace, wanted.canaryService),
    canaryService(stable.service, wanted),
    wanted,
    () => [],
  );
  await beforePods();
  const clone = canaryDeployment(stable.deployment, wanted);
  const deployment = await ensureOwned(api, deploymentRef(namespace, wanted.canaryDeployment), clone, wanted, (found) =>
    adjust(found, wanted),
  );
  return { service, deployment };
}

/** @returns undefined where the canary has lost its container, so that it must be written wholly. */
function adjust(found: KubernetesObject, wanted: CanaryWanted & Pick<WorkloadNames, 'container'>): JsonPatchOperation[] | undefined {
  const { spec } = parseAs(deploymentSchema, found);
  const { containers } = spec.template.spec;
  const index = containers.findIndex(({ name }) => name === wanted.container);
  if (index < 0) return undefined;
  const at = `/spec/template/spec/containers/${index}`;
  const operations: JsonPatchOperation[] = [];
  if (containers[index]?.image !== wanted.image) {
    operations.push({ op: 'test', path: `${at}/name`, value: wanted.container }, { op: 'add', path: `${at}/image`, value: wanted.image });
  }
  if ((spec.replicas ?? 1) < wanted.replicas) operations.push({ op: 'add', path: '/spec/replicas', value: wanted.replicas });
  return operations;
}
