import { meshTypes } from './mesh-types.ts';
import { type ResourceType, resourceType } from './resource-type.ts';

export const namespaces = resourceType('v1', 'Namespace', 'namespaces', { namespaced: false, deleteAnswersObject: true });
export const services = resourceType('v1', 'Service', 'services', { deleteAnswersObject: true });
export const pods = resourceType('v1', 'Pod', 'pods', { deleteAnswersObject: true });
export const deployments = resourceType('apps/v1', 'Deployment', 'deployments');
export const statefulSets = resourceType('apps/v1', 'StatefulSet', 'statefulsets');
export const endpointSlices = resourceType('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices', { statusSubresource: false });
export const autoscalers = resourceType('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers');

/** Kinds that bound what pods may do or be: no controller of the sandbox enforces them, but a preflight reads them. */
const bounds = [
  resourceType('v1', 'ResourceQuota', 'resourcequotas', { deleteAnswersObject: true }),
  resourceType('v1', 'LimitRange', 'limitranges', { statusSubresource: false }),
  resourceType('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  resourceType('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', { statusSubresource: false }),
  resourceType('vpcresources.k8s.aws/v1beta1', 'SecurityGroupPolicy', 'securitygrouppolicies', { custom: true, statusSubresource: false }),
];

const served: readonly ResourceType[] = [
  namespaces,
  services,
  pods,
  deployments,
  statefulSets,
  endpointSlices,
  autoscalers,
  ...bounds,
  ...meshTypes,
];

export function findByResource(apiVersion: string, resource: string): ResourceType | undefined {
  return served.find((each) => each.apiVersion === apiVersion && each.resource === resource);
}

export function findByKind(apiVersion: string, kind: string): ResourceType | undefined {
  return served.find((each) => each.apiVersion === apiVersion && each.kind === kind);
}
