import type { KubernetesApi } from '../../core/ports.ts';

/**
 * A cluster's API whose writes ask first whether the rollout is still ours. A patch tests what it was computed from, which was read before that:
 * whoever takes the rollout after we asked writes the object before he is done, and the patch is refused. Whoever took it before is found.
 * A fence that is gone from the object could not tell.
 *
 * @param assertOwned throws where it is not.
 */
export function whileOwned(api: KubernetesApi, assertOwned: () => Promise<unknown>): KubernetesApi {
  return {
    read: (ref) => api.read(ref),
    list: (ref, selector) => api.list(ref, selector),
    remove: (ref, preconditions) => api.remove(ref, preconditions),
    write: async (write) => {
      await assertOwned();
      return api.write(write);
    },
  };
}
