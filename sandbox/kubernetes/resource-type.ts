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

/** Namespaced, with a status that is a subresource, and built in, unless the traits say otherwise. */
export function resourceType(
  apiVersion: string,
  kind: string,
  resource: string,
  traits: Partial<Pick<ResourceType, 'namespaced' | 'statusSubresource' | 'custom' | 'deleteAnswersObject'>> = {},
): ResourceType {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const usual = { namespaced: true, statusSubresource: true, custom: false, deleteAnswersObject: false };
  return { group, apiVersion, kind, resource, ...usual, ...traits };
}

/** As the API names it in messages: `deployments.apps`, `pods`. */
export function qualifiedResource(of: ResourceType): string {
  return of.group === '' ? of.resource : `${of.resource}.${of.group}`;
}

/** As the API names it in messages: `Deployment.apps`, `Pod`. */
export function qualifiedKind(of: ResourceType): string {
  return of.group === '' ? of.kind : `${of.kind}.${of.group}`;
}
