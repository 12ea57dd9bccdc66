import * as z from 'zod/mini';
import type { KubernetesObject } from '../../core/ports.ts';
import { admit } from './admission.ts';
import { type ApiRequest, nameOf, type RequestTarget } from './api-request.ts';
import { isRecord } from './json.ts';
import { applyJsonPatch, jsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import type { ObjectStore, StoredObject, WriteOptions } from './object-store.ts';
import * as status from './status.ts';

/** A change to an object by a patch: the two content types that Sluice sends. */
export type Patch = { readonly kind: 'json'; readonly operations: unknown } | { readonly kind: 'merge'; readonly patch: unknown };

type Written = status.Outcome<StoredObject>;

export function createObject(store: ObjectStore, target: RequestTarget, body: unknown, options: WriteOptions = {}): Written {
  const problem = differsFromUrl(body, { ...target, name: nameOf({ name: '', body }) });
  if (problem !== undefined) return { refused: problem };
  const admitted = admit(target.type, withKind(body, target));
  if (admitted.refused !== undefined) return admitted;
  if (admitted.object.metadata.resourceVersion !== undefined) {
    return { refused: status.badRequest('resourceVersion should not be set on objects to be created') };
  }
  return store.create(target.type, { namespace: target.namespace, name: admitted.object.metadata.name }, admitted.object, options);
}

export function replaceObject(store: ObjectStore, target: RequestTarget, body: unknown, options: WriteOptions = {}): Written {
  const problem = differsFromUrl(body, target);
  if (problem !== undefined) return { refused: problem };
  const edit = (current: StoredObject): status.Outcome<KubernetesObject> => {
    const admitted = admit(target.type, withKind(body, target), current);
    if (admitted.refused !== undefined || admitted.object.metadata.resourceVersion !== undefined || !target.type.custom) return admitted;
    const message = 'Invalid value: 0: must be specified for an update';
    return {
      refused: status.invalid(target.type, target.name, [{ field: 'metadata.resourceVersion', reason: 'FieldValueInvalid', message }]),
    };
  };
  return store.update(target.type, target, edit, { ...options, part: target.subresource ?? 'main' });
}

/** Reads, patches, checks and writes in one go, so that a test in a JSON Patch sees what it is about to change. */
export function patchObject(store: ObjectStore, target: RequestTarget, patch: Patch, options: WriteOptions = {}): Written {
  const parsed = patch.kind === 'json' ? jsonPatch.safeParse(patch.operations) : undefined;
  if (parsed?.success === false || (patch.kind === 'merge' && !isRecord(patch.patch))) {
    return { refused: status.badRequest('error decoding patch: it is no list of RFC 6902 operations, or no RFC 7386 object') };
  }
  const edit = (current: StoredObject): status.Outcome<KubernetesObject> => {
    const patched =
      patch.kind === 'merge' ? { document: applyMergePatch(current, patch.patch) } : applyJsonPatch(current, parsed?.data ?? []);
    if (patched === undefined) return { refused: status.patchRefused() };
    const problem = differsFromUrl(patched.document, target);
    return problem === undefined ? admit(target.type, patched.document, current) : { refused: problem };
  };
  return store.update(target.type, target, edit, { ...options, part: target.subresource ?? 'main' });
}

const deleteOptions = z.looseObject({
  propagationPolicy: z.optional(z.enum(['Background', 'Foreground'])),
  preconditions: z.optional(z.looseObject({ uid: z.optional(z.string()), resourceVersion: z.optional(z.string()) })),
});

export function removeObject(store: ObjectStore, target: RequestTarget, body: unknown, options: WriteOptions = {}): Written {
  const parsed = deleteOptions.safeParse(body ?? {});
  if (!parsed.success) {
    return { refused: status.badRequest('DeleteOptions that the sandbox does not take: preconditions, Background and Foreground it does') };
  }
  const { uid, resourceVersion } = parsed.data.preconditions ?? {};
  const preconditions = { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  return store.remove(target.type, target, preconditions, options);
}

/** The patch in a request, or undefined where its content type is another. */
export function patchOf(request: ApiRequest): Patch | undefined {
  switch (request.contentType) {
    case 'application/json-patch+json':
      return { kind: 'json', operations: request.body };
    case 'application/merge-patch+json':
      return { kind: 'merge', patch: request.body };
    default:
      return undefined;
  }
}

/** The URL says what a body is that leaves it out, as items of a list do. */
function withKind(body: unknown, { type }: RequestTarget): unknown {
  return isRecord(body) ? { apiVersion: type.apiVersion, kind: type.kind, ...body } : body;
}

function differsFromUrl(body: unknown, target: RequestTarget): status.Status | undefined {
  if (!isRecord(body)) return status.badRequest('the object provided is unrecognized (must be of type Object)');
  const { apiVersion, kind } = target.type;
  const said = { apiVersion, kind, ...body };
  if (said.apiVersion !== apiVersion || said.kind !== kind) {
    return status.badRequest(`the API version and kind in the data (${said.apiVersion}, ${said.kind}) do not match ${apiVersion}, ${kind}`);
  }
  const metadata = isRecord(body['metadata']) ? body['metadata'] : {};
  const { name = target.name, namespace = target.namespace } = metadata as { name?: unknown; namespace?: unknown };
  if (name !== target.name) {
    return status.badRequest(`the name of the object (${String(name)}) does not match the name on the URL (${target.name})`);
  }
  if (namespace !== target.namespace) {
    return status.badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return undefined;
}
