import { findUndonePins } from '../../adapters/eks/workload/autoscaler.ts';
import { findOutsideEdits } from '../../adapters/mesh/registry.ts';
import { routeName } from '../../adapters/mesh/route-name.ts';
import type { CanaryPods } from '../../core/analysis/judge-canary.ts';
import { FencedError } from '../../core/errors.ts';
import { imageReference } from '../../core/rollout/record.ts';
import { shapeOf } from '../../core/traffic/shape-of.ts';
import { sameSplit } from '../../core/traffic/split.ts';
import type { OpenRollout } from './open-rollout.ts';
import { readCanary, readStable } from './read-sides.ts';

export interface ClusterLook {
  /** What somebody else changed, as a sentence, or undefined. */
  readonly drift: string | undefined;
  readonly canary: CanaryPods;
}

/**
 * One look at what a rollout has made and relies on: the routes with the rules and mirrors that it put there, the canary, stable's image and
 * size, the pinned autoscalers (T6). It is taken at each interval.
 *
 * @throws FencedError where a route carries a newer fence: a door has taken over.
 */
export async function lookAtCluster(open: OpenRollout): Promise<ClusterLook> {
  const { api, plan, record, router, spec, target } = open;
  const shape = shapeOf(spec, plan.steps[record.stepIndex]);
  const [routes, undoneShapes, stable, canary, undonePins] = await Promise.all([
    router.read(target),
    findOutsideEdits(spec.router.kind, api, target, { split: record.split, fence: record.fence, shape }),
    readStable(open),
    readCanary(open, { countRestarts: true }),
    findUndonePins(open.api, { namespace: open.names.namespace, pins: record.pins }),
  ]);
  for (const { fence, route } of routes) {
    if (fence !== undefined && fence > record.fence) {
      throw new FencedError(`${routeName(route, target.namespace)} carries fence ${fence}, newer than ${record.fence}.`, {
        remedy: 'A door has taken over; this execution ends.',
      });
    }
  }
  const edits = [
    ...routes.flatMap(({ route, split, fence }) => {
      if (fence !== record.fence) return [`The fence on ${routeName(route, target.namespace)} is gone.`];
      if (sameSplit(split, record.split)) return [];
      return [
        `${routeName(route, target.namespace)} says ${split.stable}/${split.canary}, not ${record.split.stable}/${record.split.canary}.`,
      ];
    }),
    ...undoneShapes,
    ...(stable?.image === record.stableImage ? [] : [`Stable runs ${stable?.image ?? 'nothing'}, not ${record.stableImage}.`]),
    ...(canary?.image === imageReference(record.image)
      ? []
      : [`The canary runs ${canary?.image ?? 'nothing'}, not ${imageReference(record.image)}.`]),
    ...(stable !== undefined && stable.desired < record.stableReplicas
      ? [`Stable was scaled to ${stable.desired}, below the ${record.stableReplicas} that it began with.`]
      : []),
    ...undonePins,
  ];
  return {
    drift: edits.length === 0 ? undefined : `Somebody else changed things. ${edits.join(' ')}`,
    canary: { readyEndpoints: canary?.readyEndpoints ?? 0, crashing: canary?.crashing, restarts: canary?.restarts },
  };
}
