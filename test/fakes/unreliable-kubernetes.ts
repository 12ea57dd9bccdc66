import { ClusterUnavailableError } from '../../core/errors.ts';
import type { KubernetesApi, KubernetesWrite, KubernetesWriteResult } from '../../core/ports.ts';

/** A cluster's API with somebody else at work, or a network that does not keep what it promises. */
export interface UnreliableApi extends KubernetesApi {
  /** What became of each write that was passed on. */
  readonly results: KubernetesWriteResult['status'][];
}

function over(api: KubernetesApi, write: (write: KubernetesWrite) => Promise<KubernetesWriteResult>): UnreliableApi {
  const results: KubernetesWriteResult['status'][] = [];
  return {
    results,
    read: (ref) => api.read(ref),
    list: (ref, selector) => api.list(ref, selector),
    remove: (ref, preconditions) => api.remove(ref, preconditions),
    write: async (asked) => {
      const result = await write(asked);
      results.push(result.status);
      return result;
    },
  };
}

/** Before the n-th write, counted from 0, and after what it was computed from was read, somebody else is quicker. */
export function overtaken(api: KubernetesApi, race: () => Promise<unknown>, { atWrite = 0, times = 1 } = {}): UnreliableApi {
  let count = 0;
  return over(api, async (write) => {
    if (count >= atWrite && count < atWrite + times) await race();
    count += 1;
    return api.write(write);
  });
}

/** Answers that it wrote, and did not. */
export function losingWrites(api: KubernetesApi): UnreliableApi {
  return over(api, async (write) => {
    const object = 'jsonPatch' in write ? await api.read(write.jsonPatch) : undefined;
    return object === undefined ? { status: 'notFound' } : { status: 'written', object };
  });
}

/** Does not answer a write; what was sent is under way still, and arrives when the test lets it. */
export function delayingWrites(api: KubernetesApi): { readonly api: UnreliableApi; arrive(): Promise<KubernetesWriteResult[]> } {
  const underWay: KubernetesWrite[] = [];
  const delaying = over(api, async (write) => {
    underWay.push(write);
    throw new ClusterUnavailableError('The API did not answer in time.', { remedy: 'Try again.' });
  });
  return { api: delaying, arrive: () => Promise.all(underWay.splice(0).map((write) => api.write(write))) };
}

/** Compares text in a `test` as kube-apiserver does: with what Go's encoder makes of it, where `<`, `>` and `&` are escaped. */
export function comparingBytes(api: KubernetesApi): UnreliableApi {
  return over(api, async (write) => {
    const tests = 'jsonPatch' in write ? write.operations.filter(({ op }) => op === 'test') : [];
    if (/[<>&\u2028\u2029]/.test(JSON.stringify(tests))) return { status: 'conflict', message: 'the server rejected our request' };
    return api.write(write);
  });
}
