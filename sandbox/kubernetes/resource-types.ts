/** One kind of object that the sandbox's API serves. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Plural, as in the URL. */
  readonly resource: string;
  readonly namespaced: boolean;
  /** Whether only the `/status` subresource writes `status`, and a write of the object leaves it as it is. */
  readonly statusSubresource: boolean;
  /** Whether it is defined by a CRD: such lists repeat apiVersion and kind in each item, and a PUT needs a resourceVersion. */
  readonly custom: boolean;
  /** DELETE answers with the object that went, instead of a Status. */
  readonly deleteAnswersObject: boolean;
}

function type(apiVersion: string, kind: string, resource: string, traits: Partial<ResourceType> = {}): ResourceType {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const usual = { namespaced: true, statusSubresource: true, custom: false, deleteAnswersObject: false };
  return { group, apiVersion, kind, resource, ...usual, ...traits };
}

export const namespaces = type('v1', 'Namespace', 'namespaces', { namespaced: false, deleteAnswersObject: true });
export const services = type('v1', 'Service', 'services', { deleteAnswersObject: true });
export const pods = type('v1', 'Pod', 'pods', { deleteAnswersObject: true });
export const deployments = type('apps/v1', 'Deployment', 'deployments');
export const statefulSets = type('apps/v1', 'StatefulSet', 'statefulsets');
export const endpointSlices = type('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices', { statusSubresource: false });
export const autoscalers = type('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers');
export const virtualServices = type('networking.istio.io/v1', 'VirtualService', 'virtualservices', { custom: true });
export const destinationRules = type('networking.istio.io/v1', 'DestinationRule', 'destinationrules', { custom: true });

const served = [
  namespaces,
  services,
  pods,
  deployments,
  statefulSets,
  endpointSlices,
  autoscalers,
  virtualServices,
  destinationRules,
] as const;

export function findByResource(apiVersion: string, resource: string): ResourceType | undefined {
  return served.find((each) => each.apiVersion === apiVersion && each.resource === resource);
}

export function findByKind(apiVersion: string, kind: string): ResourceType | undefined {
  return served.find((each) => each.apiVersion === apiVersion && each.kind === kind);
}

/** As the API names it in messages: `deployments.apps`, `pods`. */
export function qualifiedResource(of: ResourceType): string {
  return of.group === '' ? of.resource : `${of.resource}.${of.group}`;
}

/** As the API names it in messages: `Deployment.apps`, `Pod`. */
export function qualifiedKind(of: ResourceType): string {
  return of.group === '' ? of.kind : `${of.kind}.${of.group}`;
}
