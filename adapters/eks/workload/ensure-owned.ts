import { isDeepStrictEqual } from 'node:util';
import { WorkloadRejectedError } from '../../../core/errors.ts';
import type { JsonPatchOperation, KubernetesApi, KubernetesObject, ResourceRef } from '../../../core/ports.ts';
import { annotationPath } from '../../mesh/fence.ts';
import { createdFenceAnnotation, type Owner } from './names.ts';
import { requireOwnership } from './ownership.ts';
import { retryConflicts } from './retry-conflicts.ts';

export type Ensured = 'created' | 'takenOver' | 'patched' | 'unchanged';

/**
 * Brings an object that Sluice owns into being: creates it, takes a leftover over wholly, or changes what is ours by `adjust`.
 *
 * @param adjust - operations for an object of this same run, or undefined where it must be written wholly.
 * @throws FencedError, WorkloadRejectedError (somebody else's object, or a kind that the cluster does not serve), WriteConflictError
 */
export function ensureOwned(
  api: KubernetesApi,
  ref: ResourceRef,
  wanted: KubernetesObject,
  owner: Owner,
  adjust: (found: KubernetesObject) => readonly JsonPatchOperation[] | undefined,
): Promise<Ensured> {
  return retryConflicts(`${wanted.kind} ${ref.namespace}/${ref.name}`, async () => {
    const found = await api.read(ref);
    if (found === undefined) {
      const created = await api.write({ create: ref, object: wanted });
      if (created.status === 'notFound') throw nowhereToCreate(ref, wanted);
      return created.status === 'written' ? 'created' : undefined;
    }
    const ours = requireOwnership(found, owner) === 'ours';
    const { uid, resourceVersion } = found.metadata;
    if (uid === undefined || found.metadata['deletionTimestamp'] !== undefined) return undefined;
    const changes = ours ? adjust(found) : undefined;
    if (changes !== undefined) return patchOwn(api, ref, found, owner, changes);
    if (!sameSelector(found, wanted)) {
      // A Deployment's selector cannot be changed.
      await api.remove(ref, { uid, resourceVersion });
      return undefined;
    }
    const taken = await api.write({ jsonPatch: ref, operations: takeOver(found, wanted) });
    return taken.status === 'written' ? 'takenOver' : undefined;
  });
}

function nowhereToCreate(ref: ResourceRef, wanted: KubernetesObject): WorkloadRejectedError {
  return new WorkloadRejectedError(
    `${wanted.kind} ${ref.namespace}/${ref.name} cannot be created: the cluster has no namespace ${ref.namespace}, or does not serve ${ref.resource} of ${ref.apiVersion}.`,
    { remedy: `See kubectl get namespace ${ref.namespace}, and kubectl api-resources for what the cluster serves.` },
  );
}

async function patchOwn(
  api: KubernetesApi,
  ref: ResourceRef,
  found: KubernetesObject,
  owner: Owner,
  changes: readonly JsonPatchOperation[],
): Promise<'patched' | 'unchanged' | undefined> {
  const fence = createdFenceOperations(found, owner);
  if ([...fence, ...changes].every(({ op }) => op === 'test')) return 'unchanged';
  const patched = await api.write({ jsonPatch: ref, operations: [...fence, ...changes] });
  return patched.status === 'written' ? 'patched' : undefined;
}

/** Tests that the object is still the one that was read, under the same fence, and raises that to the owner's. */
export function createdFenceOperations(found: KubernetesObject, owner: Owner): JsonPatchOperation[] {
  const path = annotationPath(createdFenceAnnotation);
  const old = found.metadata.annotations?.[createdFenceAnnotation];
  const same: JsonPatchOperation = { op: 'test', path: '/metadata/uid', value: found.metadata.uid };
  const value = String(owner.fence);
  if (old === undefined) {
    return [same, { op: 'test', path: '/metadata/resourceVersion', value: found.metadata.resourceVersion }, { op: 'add', path, value }];
  }
  const test: JsonPatchOperation = { op: 'test', path, value: old };
  return old === value ? [same, test] : [same, test, { op: 'replace', path, value }];
}

/** What the API server allotted to a Service stays with it: it cannot be taken away by an update. */
const allotted = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'];

function takeOver(found: KubernetesObject, wanted: KubernetesObject): JsonPatchOperation[] {
  const kept = wanted.kind === 'Service' ? Object.entries(fields(found['spec'])).filter(([field]) => allotted.includes(field)) : [];
  return [
    { op: 'test', path: '/metadata/uid', value: found.metadata.uid },
    { op: 'test', path: '/metadata/resourceVersion', value: found.metadata.resourceVersion },
    { op: 'add', path: '/metadata/labels', value: wanted.metadata.labels },
    { op: 'add', path: '/metadata/annotations', value: wanted.metadata.annotations },
    { op: 'add', path: '/spec', value: { ...fields(wanted['spec']), ...Object.fromEntries(kept) } },
  ];
}

function sameSelector(found: KubernetesObject, wanted: KubernetesObject): boolean {
  return wanted.kind !== 'Deployment' || isDeepStrictEqual(fields(found['spec'])['selector'], fields(wanted['spec'])['selector']);
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
