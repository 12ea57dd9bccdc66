import type { Clock, KubernetesApi } from '../../core/ports.ts';
import { accepted, edge } from '../adapters/mesh/gateway-api/gateway-routes.ts';

/**
 * The `read` of a cluster whose HTTPRoutes' controller looks at each new generation so many seconds after it was first seen here. The generations
 * of `seen` count as looked at from then on.
 */
export function readWithLateStatus(
  cluster: Pick<KubernetesApi, 'read'>,
  clock: Pick<Clock, 'now'>,
  lagSeconds: number,
  seen: ReadonlyMap<number, number> = new Map(),
): KubernetesApi['read'] {
  const writtenAtMs = new Map(seen);
  return async (ref) => {
    const object = await cluster.read(ref);
    if (object?.kind !== 'HTTPRoute') return object;
    const { generation = 0 } = object.metadata;
    const atMs = writtenAtMs.get(generation) ?? clock.now();
    writtenAtMs.set(generation, atMs);
    const observedGeneration = clock.now() < atMs + lagSeconds * 1000 ? generation - 1 : generation;
    return { ...object, status: accepted([edge], { observedGeneration }) };
  };
}
