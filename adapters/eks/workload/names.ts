import type { ResourceRef } from '../../../core/ports.ts';

/** What the objects of one service are called, on both sides. */
export interface WorkloadNames {
  readonly namespace: string;
  /** Stable's Deployment, the user's own. */
  readonly deployment: string;
  /** The container whose image is rolled out. */
  readonly container: string;
  readonly stableService: string;
  readonly canaryDeployment: string;
  readonly canaryService: string;
}

/** Who writes: the rollout's name, this run of it, and the fence that it holds. */
export interface Owner {
  readonly rollout: string;
  readonly rolloutId: string;
  readonly fence: number;
}

/** The one label in which the two sides differ: on pod templates, and in the selectors of Services. */
export const sideLabel = 'sluice.dev/side';

/** Annotations on everything that Sluice creates. The fence on objects that it does not own is in adapters/mesh/fence.ts. */
export const rolloutAnnotation = 'sluice.dev/rollout';
export const rolloutIdAnnotation = 'sluice.dev/rollout-id';
export const createdFenceAnnotation = 'sluice.dev/fence';

export function deploymentRef(namespace: string, name: string): ResourceRef {
  return { apiVersion: 'apps/v1', resource: 'deployments', namespace, name };
}

export function serviceRef(namespace: string, name: string): ResourceRef {
  return { apiVersion: 'v1', resource: 'services', namespace, name };
}

export function autoscalerRef(namespace: string, name: string): ResourceRef {
  return { apiVersion: 'autoscaling/v2', resource: 'horizontalpodautoscalers', namespace, name };
}

export function volumeClaimRef(namespace: string, name: string): ResourceRef {
  return { apiVersion: 'v1', resource: 'persistentvolumeclaims', namespace, name };
}
