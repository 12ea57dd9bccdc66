import { WriteConflictError } from '../../core/errors.ts';
import type { KubernetesApi, KubernetesObject, ResourceRef } from '../../core/ports.ts';

export interface GuardedApi {
  readonly api: KubernetesApi;
  /** From now on a read that finds other content than the one before throws, unless it was written through this API. */
  readonly hold: () => void;
}

/**
 * A cluster's API for a write that was computed from what was read: a router reads again before it patches, and a patch of that reading would
 * carry out what was meant for another. With the patch's own tests of the old weights this leaves no gap between the two.
 *
 * The generation tells: it grows with the content, and not with annotations or with what controllers report.
 */
export function onlyWhileUnchanged(api: KubernetesApi): GuardedApi {
  const seen = new Map<string, unknown>();
  let held = false;
  return {
    hold: () => {
      held = true;
    },
    api: {
      list: (ref, selector) => api.list(ref, selector),
      remove: (ref, preconditions) => api.remove(ref, preconditions),
      read: async (ref) => {
        const object = await api.read(ref);
        const version = versionOf(object);
        if (held && seen.get(keyOf(ref)) !== version) {
          throw new WriteConflictError(`${ref.resource} ${ref.namespace}/${ref.name} was written by somebody else at the same moment.`, {
            remedy: 'It is looked at again.',
          });
        }
        seen.set(keyOf(ref), version);
        return object;
      },
      write: async (write) => {
        const result = await api.write(write);
        if (result.status === 'written' && !('create' in write)) {
          seen.set(keyOf('jsonPatch' in write ? write.jsonPatch : write.mergePatch), versionOf(result.object));
        }
        return result;
      },
    },
  };
}

function versionOf(object: KubernetesObject | undefined): unknown {
  return object?.metadata.generation ?? object?.metadata.resourceVersion;
}

function keyOf({ resource, namespace, name }: ResourceRef): string {
  return `${resource}/${namespace}/${name}`;
}
