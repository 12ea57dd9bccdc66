import { ClusterForbiddenError, ClusterUnavailableError } from '../../../core/errors.ts';
import type { KubernetesApi, KubernetesObject, ResourceRef } from '../../../core/ports.ts';

export interface RememberedReads {
  readonly api: KubernetesApi;
  /** The objects that were read by name so far, each once. */
  objects(): Promise<KubernetesObject[]>;
}

/**
 * A cluster's API that is asked for each object and each list once, however many of those who look want to see it; and not for an object whose
 * whole collection has been asked for. For a look that ends before anything is written: what it remembers does not age.
 */
export function rememberReads(api: KubernetesApi): RememberedReads {
  const reads = new Map<string, Promise<KubernetesObject | undefined>>();
  const lists = new Map<string, Promise<KubernetesObject[]>>();
  return {
    api: {
      read: (ref) => once(reads, keyOf(ref, ref.name), () => readOrFind(api, ref, lists.get(keyOf(ref, '')))),
      list: (ref, selector) => once(lists, keyOf(ref, selector), () => api.list(ref, selector)),
      write: (write) => api.write(write),
      remove: (ref, preconditions) => api.remove(ref, preconditions),
    },
    objects: async () => {
      const settled = await Promise.allSettled(reads.values());
      return settled.flatMap((each) => (each.status === 'fulfilled' && each.value !== undefined ? [each.value] : []));
    },
  };
}

/** Who may not list may be allowed to read one, and a list that failed says nothing about it. */
async function readOrFind(
  api: KubernetesApi,
  ref: ResourceRef,
  listed: Promise<KubernetesObject[]> | undefined,
): Promise<KubernetesObject | undefined> {
  if (listed === undefined) return api.read(ref);
  try {
    return (await listed).find(({ metadata }) => metadata.name === ref.name);
  } catch (error) {
    if (error instanceof ClusterForbiddenError || error instanceof ClusterUnavailableError) return api.read(ref);
    throw error;
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const asked = known.get(key) ?? ask();
  known.set(key, asked);
  return asked;
}

function keyOf({ apiVersion, resource, namespace }: Omit<ResourceRef, 'name'>, nameOrSelector: string): string {
  return [apiVersion, resource, namespace, nameOrSelector].join(' ');
}
