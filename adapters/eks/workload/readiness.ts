import type { KubernetesApi } from '../../../core/ports.ts';
import { inspectPods } from './inspect-pods.ts';
import { deploymentRef } from './names.ts';
import { parseAs } from './parse-as.ts';
import { readReadyEndpoints } from './ready-endpoints.ts';
import { type Deployment, deployment } from './schemas.ts';

export interface Readiness {
  /** What the Deployment was told to have. */
  readonly desired: number;
  /** Pods of the present template. */
  readonly updated: number;
  readonly ready: number;
  /** Ready endpoints of the Service, which is what the mesh sends requests to. */
  readonly readyEndpoints: number;
  /** In the named container; undefined where there is none. */
  readonly image: string | undefined;
  /** The Deployment's controller has seen the last change, and every pod is of it, ready and available. */
  readonly settled: boolean;
  /** Why it will hardly ever be ready, in words for the person on call. */
  readonly crashing: string | undefined;
  /** How often containers of its pods have been restarted; undefined where nobody asked, or the pods may not be listed. */
  readonly restarts: number | undefined;
}

/**
 * How far one side has come. A Deployment that does not exist has no pods and never settles. Of a settled one the pods are listed only where
 * their restarts are to be counted.
 * @throws ClusterUnavailableError, ClusterForbiddenError
 */
export async function readReadiness(
  api: KubernetesApi,
  of: {
    readonly namespace: string;
    readonly service: string;
    readonly deployment: string;
    readonly container: string;
    readonly countRestarts?: boolean;
  },
): Promise<Readiness> {
  const [object, readyEndpoints] = await Promise.all([
    api.read(deploymentRef(of.namespace, of.deployment)),
    readReadyEndpoints(api, of.namespace, of.service),
  ]);
  if (object === undefined) {
    const crashing = `There is no Deployment ${of.deployment}.`;
    return { desired: 0, updated: 0, ready: 0, readyEndpoints, image: undefined, settled: false, crashing, restarts: undefined };
  }
  const found = parseAs(deployment, object);
  const settled = isSettled(found);
  const pods = settled && of.countRestarts !== true ? undefined : await inspectPods(api, of.namespace, found);
  return {
    desired: found.spec.replicas ?? 1,
    updated: found.status?.updatedReplicas ?? 0,
    ready: found.status?.readyReplicas ?? 0,
    readyEndpoints,
    image: found.spec.template.spec.containers.find(({ name }) => name === of.container)?.image,
    settled,
    crashing: settled ? undefined : pods?.crashing,
    restarts: pods?.restarts,
  };
}

function isSettled({ metadata, spec, status }: Deployment): boolean {
  const desired = spec.replicas ?? 1;
  const counts = [status?.replicas, status?.updatedReplicas, status?.readyReplicas, status?.availableReplicas];
  return (
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    counts.every((count) => (count ?? 0) === desired) &&
    (status?.unavailableReplicas ?? 0) === 0
  );
}
