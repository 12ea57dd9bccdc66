import { ClusterUnavailableError } from '../../core/errors.ts';
import type { Deps } from '../deps.ts';
import type { OpenRollout } from './open-rollout.ts';

/**
 * A mesh's control plane watches routes, Services and endpoints apart. When the API server is back after an outage, each watch comes back by its own
 * back-off, of at most 30 s and as much again by jitter, so that a weight may be known before the pods that it leads to.
 *
 * Source: https://github.com/kubernetes/client-go/blob/v0.34.4/tools/cache/reflector.go (NewReflectorWithOptions)
 */
export const watchesReturnSeconds = 60;

/**
 * Does something with the cluster, and where nothing answers, notes it in the record, so that no weight is raised before the mesh can know the pods
 * again (T8). An API server that answers with 500 keeps its watches. A store that is away too notes nothing: whoever is called again may find the
 * cluster away once more.
 */
export async function notingClusterAway<T>(
  deps: Pick<Deps, 'clock' | 'log'>,
  { rollouts, held }: Pick<OpenRollout, 'rollouts' | 'held'>,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ClusterUnavailableError && error.isUnanswered) {
      await rollouts
        .save(held, { clusterAwayAtMs: deps.clock.now() }, 'keep')
        .catch((unsaved: unknown) => deps.log.warn('could not note that the cluster is away', { why: String(unsaved) }));
    }
    throw error;
  }
}
