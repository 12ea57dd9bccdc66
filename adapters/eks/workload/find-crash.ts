import { ClusterForbiddenError } from '../../../core/errors.ts';
import type { KubernetesApi } from '../../../core/ports.ts';
import { sideLabel } from './names.ts';
import { type Deployment, parseAs, pod } from './schemas.ts';

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

/**
 * Why a Deployment is not becoming ready: what its controller says (quota, deadline), or what a container of its present images
 * is waiting for. Where pods may not be listed, the controller's word is all there is.
 */
export async function findCrash(api: KubernetesApi, namespace: string, found: Deployment): Promise<string | undefined> {
  const condition = found.status?.conditions?.find(
    ({ type, status, reason }) =>
      (type === 'ReplicaFailure' && status === 'True') || (type === 'Progressing' && reason === 'ProgressDeadlineExceeded'),
  );
  const waiting = await findWaitingContainer(api, namespace, found);
  return waiting ?? (condition === undefined ? undefined : `${condition.reason ?? condition.type}: ${condition.message ?? ''}`);
}

async function findWaitingContainer(api: KubernetesApi, namespace: string, found: Deployment): Promise<string | undefined> {
  const images = new Set(found.spec.template.spec.containers.map(({ image }) => image));
  for (const each of await listPods(api, namespace, found)) {
    if (!each.spec.containers.some(({ image }) => images.has(image))) continue;
    const statuses = [...(each.status?.initContainerStatuses ?? []), ...(each.status?.containerStatuses ?? [])];
    const stuck = statuses.find(({ state }) => hopeless.has(state?.waiting?.reason ?? ''));
    const waiting = stuck?.state?.waiting;
    if (stuck !== undefined)
      return `Pod ${each.metadata.name}, container ${stuck.name}: ${waiting?.reason}. ${waiting?.message ?? ''}`.trim();
  }
  return undefined;
}

async function listPods(api: KubernetesApi, namespace: string, { spec }: Deployment) {
  // Stable's selector may cover the canary's pods as well; the side tells them apart.
  const side = spec.template.metadata?.labels?.[sideLabel];
  const labels = { ...spec.selector.matchLabels, ...(side === undefined ? {} : { [sideLabel]: side }) };
  const selector = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  try {
    const pods = await api.list({ apiVersion: 'v1', resource: 'pods', namespace }, selector.join(','));
    return pods.map((object) => parseAs(pod, object));
  } catch (error) {
    if (error instanceof ClusterForbiddenError) return [];
    throw error;
  }
}
