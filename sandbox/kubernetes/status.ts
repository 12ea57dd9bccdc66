import type { Caller, RequestAttributes } from './access.ts';
import { qualifiedKind, qualifiedResource, type ResourceType } from './resource-type.ts';

/** What kube-apiserver answers instead of an object: meta/v1 Status. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly code?: number;
}

/** An object, or the Status that says why there is none. */
export type Outcome<T> = { readonly object: T; readonly refused?: never } | { readonly refused: Status; readonly object?: never };

/** One field that a manifest has wrong. */
export interface FieldCause {
  readonly field: string;
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired';
  readonly message: string;
}

function failure(code: number, reason: string | undefined, message: string, details?: Status['details']): Status {
  const optional = { ...(reason === undefined ? {} : { reason }), ...(details === undefined ? {} : { details }) };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, ...optional, code };
}

function detailsOf(type: ResourceType, name: string): Readonly<Record<string, unknown>> {
  return { name, ...(type.group === '' ? {} : { group: type.group }), kind: type.resource };
}

export function deleted(type: ResourceType, name: string, uid: string): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { ...detailsOf(type, name), uid } };
}

export function notFound(type: ResourceType, name: string): Status {
  return failure(404, 'NotFound', `${qualifiedResource(type)} "${name}" not found`, detailsOf(type, name));
}

/** For URLs that name nothing the API serves. */
export function unknownResource(): Status {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(type: ResourceType, name: string): Status {
  return failure(409, 'AlreadyExists', `${qualifiedResource(type)} "${name}" already exists`, detailsOf(type, name));
}

export function modifiedMeanwhile(type: ResourceType, name: string): Status {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  return failure(409, 'Conflict', `Operation cannot be fulfilled on ${qualifiedResource(type)} "${name}": ${why}`, detailsOf(type, name));
}

export function uidDiffers(type: ResourceType, name: string, wanted: string, found: string): Status {
  const why = `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${found}`;
  return failure(409, 'Conflict', `Operation cannot be fulfilled on ${qualifiedResource(type)} "${name}": ${why}`, detailsOf(type, name));
}

/** A precondition of a DELETE does not hold; kube-apiserver names the kind here, not the resource. */
export function preconditionFailed(
  type: ResourceType,
  name: string,
  field: 'UID' | 'ResourceVersion',
  wanted: string,
  found: string,
): Status {
  const guess = field === 'UID' ? 'deleted and then recreated' : 'modified';
  const why = `the ${field} in the precondition (${wanted}) does not match the ${field} in record (${found}). The object might have been ${guess}`;
  const details = { ...detailsOf(type, name), kind: type.kind };
  return failure(409, 'Conflict', `Operation cannot be fulfilled on ${qualifiedKind(type)} "${name}": ${why}`, details);
}

/** A JSON Patch that could not be applied, be it a failed `test` or a missing path: the API does not say which. */
export function patchRefused(): Status {
  return failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

export function invalid(type: ResourceType, name: string, causes: readonly FieldCause[]): Status {
  const list = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const text = list.length === 1 ? list.join() : `[${list.join(', ')}]`;
  const details = { ...detailsOf(type, name), kind: type.kind, causes };
  return failure(422, 'Invalid', `${qualifiedKind(type)} "${name}" is invalid: ${text}`, details);
}

/** Istio's validating webhook says no. It gives no reason and no code, which the API server turns into 400. */
export function deniedByIstio(problem: string): Status {
  return failure(400, undefined, `admission webhook "validation.istio.io" denied the request: configuration is invalid: ${problem}`);
}

export function badRequest(message: string): Status {
  return failure(400, 'BadRequest', message);
}

export function unauthorized(): Status {
  return failure(401, 'Unauthorized', 'Unauthorized');
}

/** As RBAC refuses: `deployments.apps "checkout" is forbidden: User "u" cannot patch resource "deployments" in API group "apps" in ...`. */
export function forbidden({ user }: Caller, { verb, group, resource, subresource, namespace, name }: RequestAttributes): Status {
  const what = `${group === '' ? resource : `${resource}.${group}`}${name === '' ? '' : ` "${name}"`}`;
  const path = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const message = `${what} is forbidden: User "${user}" cannot ${verb} resource "${path}" in API group "${group}" ${where}`;
  const details = { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource };
  return failure(403, 'Forbidden', message, details);
}

export function methodNotAllowed(): Status {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function unsupportedMediaType(): Status {
  const accepted = 'application/json-patch+json, application/merge-patch+json';
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
  return failure(415, 'UnsupportedMediaType', message);
}

/** A watch asks for changes that are no longer kept: its client has to list anew. */
export function expired(asked: number, oldest: number): Status {
  return failure(410, 'Expired', `too old resource version: ${asked} (${oldest})`);
}

export type OutageCode = 403 | 429 | 500 | 503;

/** What an API server in trouble says. */
export function outage(code: OutageCode, message?: string): Status {
  switch (code) {
    case 403:
      // Until an API server that has just started has read its roles.
      return failure(403, 'Forbidden', message ?? 'forbidden: the roles are not known yet');
    case 429:
      return failure(429, 'TooManyRequests', message ?? 'too many requests, please try again later', { retryAfterSeconds: 1 });
    case 500:
      return failure(500, 'InternalError', `Internal error occurred: ${message ?? 'etcdserver: request timed out'}`, {
        causes: [{ message: message ?? 'etcdserver: request timed out' }],
      });
    case 503:
      return failure(503, 'ServiceUnavailable', message ?? 'apiserver not ready');
  }
}
