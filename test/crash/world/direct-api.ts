import { InvalidInputError } from '../../../core/errors.ts';
import type { KubernetesApi, KubernetesObject, KubernetesWrite, ResourceRef } from '../../../core/ports.ts';
import type { SandboxKubernetes } from '../../../sandbox/kubernetes/kubernetes.ts';

/** The sandbox's cluster without the HTTP in between, which is most of what a run of a few virtual minutes costs. */
export function directApi(kubernetes: SandboxKubernetes): KubernetesApi {
  return {
    read: async (ref) => served(() => kubernetes.get(ref)),
    list: async (ref, labelSelector) => served(() => kubernetes.list(ref, labelSelector)) ?? [],
    write: async (write) => {
      if ('create' in write) {
        if (kubernetes.get(write.create) !== undefined) return { status: 'conflict', message: 'it exists already' };
        return { status: 'written', object: kubernetes.apply(write.object) };
      }
      const { ref, change } = patchOf(write);
      if (kubernetes.get(ref) === undefined) return { status: 'notFound' };
      const object = served(() => kubernetes.patch(ref, change));
      return object === undefined ? { status: 'conflict', message: 'a test of the patch failed' } : { status: 'written', object };
    },
    remove: async (ref, { uid }) => {
      const found = kubernetes.get(ref);
      if (found === undefined) return 'absent';
      if (found.metadata.uid !== uid) return 'conflict';
      kubernetes.delete(ref);
      return 'removed';
    },
  };
}

type Patch = Exclude<KubernetesWrite, { create: ResourceRef }>;

function patchOf(write: Patch): { readonly ref: ResourceRef; readonly change: readonly unknown[] | Readonly<Record<string, unknown>> } {
  return 'jsonPatch' in write ? { ref: write.jsonPatch, change: write.operations } : { ref: write.mergePatch, change: write.patch };
}

/** The sandbox's own hand throws where the API would answer that it serves no such kind, or refuses the change. */
function served<T extends KubernetesObject | KubernetesObject[]>(ask: () => T | undefined): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}
