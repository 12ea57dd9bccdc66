import { ClusterForbiddenError } from '../../../core/errors.ts';
import type { KubernetesApi } from '../../../core/ports.ts';
import { sideLabel } from './names.ts';
import { parseAs } from './parse-as.ts';
import { type Deployment, type Pod, pod } from './schemas.ts';

/** Reasons that kubelet gives for a container that will not start by waiting. A first failed pull is not among them. */
const hopeless = new Set([
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

export interface PodsFound {
  /** Why the Deployment is not becoming ready, or undefined. */
  readonly crashing: string | undefined;
  /** How often containers have been restarted, in all pods together; undefined where pods may not be listed. */
  readonly restarts: number | undefined;
}

/**
 * Why a Deployment is not becoming ready: what its controller says (quota, deadline), or what a container of its present images
 * is waiting for; and how often its containers were restarted. Where pods may not be listed, the controller's word is all there is.
 */
export async function inspectPods(api: KubernetesApi, namespace: string, found: Deployment): Promise<PodsFound> {
  const condition = found.status?.conditions?.find(
    ({ type, status, reason }) =>
      (type === 'ReplicaFailure' && status === 'True') || (type === 'Progressing' && reason === 'ProgressDeadlineExceeded'),
  );
  const said = condition === undefined ? undefined : `${condition.reason ?? condition.type}: ${condition.message ?? ''}`;
  const pods = await listPods(api, namespace, found);
  const images = new Set(found.spec.template.spec.containers.map(({ image }) => image));
  const own = pods?.filter(({ spec }) => spec.containers.some(({ image }) => images.has(image)));
  return { crashing: findWaitingContainer(own ?? []) ?? said, restarts: own === undefined ? undefined : countRestarts(own) };
}

function findWaitingContainer(pods: readonly Pod[]): string | undefined {
  for (const { metadata, status } of pods) {
    const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    const stuck = statuses.find(({ state }) => hopeless.has(state?.waiting?.reason ?? ''));
    const waiting = stuck?.state?.waiting;
    if (stuck !== undefined) return `Pod ${metadata.name}, container ${stuck.name}: ${waiting?.reason}. ${waiting?.message ?? ''}`.trim();
  }
  return undefined;
}

function countRestarts(pods: readonly Pod[]): number {
  const statuses = pods.flatMap(({ status }) => status?.containerStatuses ?? []);
  return statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
}

async function listPods(api: KubernetesApi, namespace: string, { spec }: Deployment): Promise<Pod[] | undefined> {
  // Stable's selector may cover the canary's pods as well; the side tells them apart.
  const side = spec.template.metadata?.labels?.[sideLabel];
  const labels = { ...spec.selector.matchLabels, ...(side === undefined ? {} : { [sideLabel]: side }) };
  const selector = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  try {
    const pods = await api.list({ apiVersion: 'v1', resource: 'pods', namespace }, selector.join(','));
    return pods.map((object) => parseAs(pod, object));
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return undefined;
    throw error;
  }
}
