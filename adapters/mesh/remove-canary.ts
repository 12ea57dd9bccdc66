import { WeightNotVerifiedError } from '../../core/errors.ts';
import type { KubernetesApi, RouteTarget } from '../../core/ports.ts';
import { patchObject } from './patch-object.ts';
import type { RouteDialect, RouteObject } from './route-dialect.ts';
import { routeName } from './route-name.ts';
import { placesOf } from './route-objects.ts';

/**
 * Takes the canary out of every route of a target, with all that a write had to leave. See TrafficRouter in core/ports.ts.
 *
 * @throws WeightNotVerifiedError while it has weight.
 * @throws RouteRejectedError, ClusterForbiddenError where the API server objects: then the canary stays where it is.
 */
export async function removeCanary(api: KubernetesApi, dialect: RouteDialect, target: RouteTarget, fence: number): Promise<void> {
  for (const place of placesOf(dialect, target)) {
    await patchObject(api, place, (found) => {
      refuseWhileCanaryHasWeight(dialect, found, target);
      return dialect.removeCanaryPatch(found.object, found.routes, target, fence);
    });
  }
}

function refuseWhileCanaryHasWeight(dialect: RouteDialect, { object, routes }: RouteObject, target: RouteTarget): void {
  for (const route of routes) {
    const { canary } = dialect.readSplit(object, route, target);
    if (canary > 0) {
      throw new WeightNotVerifiedError(`${routeName(route, target.namespace)} still gives the canary ${canary} of ${target.totalWeight}.`, {
        remedy: 'The weight is taken away before the canary is.',
      });
    }
  }
}
