import type { KubernetesApi, KubernetesObject } from '../../../../core/ports.ts';

interface Parent {
  readonly conditions: readonly { readonly observedGeneration?: number; readonly lastTransitionTime?: string }[];
}

/**
 * A cluster whose controllers are always done: whoever reads a route waits until its status is that of its present generation. What changes
 * with each generation is left out of it, so that routes can be compared.
 */
export function settledView(api: KubernetesApi, parents: number, pause: () => Promise<unknown>): KubernetesApi {
  const statusOf = (object: KubernetesObject) => (object['status'] as { readonly parents?: readonly Parent[] } | undefined)?.parents ?? [];
  const isSettled = (object: KubernetesObject) =>
    statusOf(object).length >= parents &&
    statusOf(object).every(({ conditions }) => conditions.every((one) => one.observedGeneration === object.metadata.generation));
  return {
    read: async (ref) => {
      for (let reads = 0; ; reads += 1) {
        const object = await api.read(ref);
        if (object === undefined || !/routes$/.test(ref.resource)) return object;
        if (!isSettled(object) && reads < 500) {
          await pause();
          continue;
        }
        const withoutTimes = statusOf(object).map((parent) => ({
          ...parent,
          conditions: parent.conditions.map(({ observedGeneration: _, lastTransitionTime: __, ...condition }) => condition),
        }));
        return { ...object, status: { parents: withoutTimes } };
      }
    },
    list: (ref, selector) => api.list(ref, selector),
    write: (write) => api.write(write),
    remove: (ref, preconditions) => api.remove(ref, preconditions),
  };
}
