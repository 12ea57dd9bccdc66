import { isDeepStrictEqual } from 'node:util';
import { RouteRejectedError, type SluiceError, WeightNotVerifiedError } from '../../core/errors.ts';
import type { KubernetesApi, RoutePlan, RouteTarget, SplitWrite } from '../../core/ports.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import type { TrafficShape } from '../../core/traffic/shape.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { fenceOf } from './fence.ts';
import type { InspectObjects, RouteDialect, RouteObject } from './route-dialect.ts';
import { type Place, placesOf, readObject, settleReads } from './route-objects.ts';

/**
 * What speaks against steering routes as planned: that they cannot be claimed, that a step of the plan could not be written, and what the dialect
 * has to say besides. What a write would refuse in the middle of a rollout would be a rollback by surprise.
 *
 * @throws ClusterUnavailableError, ClusterForbiddenError
 */
export async function inspectRoutes(
  api: KubernetesApi,
  { dialect, inspectObjects }: { readonly dialect: RouteDialect; readonly inspectObjects: InspectObjects },
  target: RouteTarget,
  plan: RoutePlan,
): Promise<Finding[]> {
  const refusals: Finding[] = [];
  const objects: RouteObject[] = [];
  for (const place of placesOf(dialect, target)) {
    try {
      const found = await readClaimable(api, dialect, place, target);
      objects.push(found);
      refusals.push(...refusedShapes(dialect, found, target, plan).map((error) => refusalOf(place, error)));
    } catch (error) {
      if (!(error instanceof RouteRejectedError || error instanceof WeightNotVerifiedError)) throw error;
      refusals.push(refusalOf(place, error));
    }
  }
  return [...refusals, ...(objects.length === 0 ? [] : await inspectObjects(api, objects, target, plan.weights))];
}

/** Reads again while its controllers have not looked at what was written last: the end of the rollout before, perhaps. */
async function readClaimable(api: KubernetesApi, dialect: RouteDialect, place: Place, target: RouteTarget): Promise<RouteObject> {
  for (let reads = 1; ; reads += 1) {
    const found = await readObject(api, place);
    try {
      for (const route of found.routes) dialect.readSplit(found.object, route, target);
      dialect.assertClaimable(found.object, found.routes, target);
      return found;
    } catch (error) {
      if (!(error instanceof WeightNotVerifiedError) || reads === settleReads) throw error;
    }
  }
}

/** What computing the plan's writes refuses, each once. A weight that cannot be written even without a shape is for the dialect to explain. */
function refusedShapes(dialect: RouteDialect, found: RouteObject, target: RouteTarget, { weights, shapes }: RoutePlan): SluiceError[] {
  const fence = (fenceOf(found.object, target.rollout) ?? 0) + 1;
  const refusal = (weight: number, shape?: TrafficShape): RouteRejectedError | undefined => {
    const write: SplitWrite = { split: splitAt(weight, target.totalWeight), fence, role: 'claim', shape };
    try {
      dialect.splitPatch(found.object, found.routes, target, write);
      return undefined;
    } catch (error) {
      if (error instanceof RouteRejectedError) return error;
      throw error;
    }
  };
  const sayable = weights.filter((weight) => refusal(weight) === undefined);
  const distinct = shapes.filter((shape, index) => shapes.findIndex((other) => isDeepStrictEqual(other, shape)) === index);
  const refused = distinct.flatMap((shape) =>
    (shape.mirrorWeight === undefined ? sayable : [0]).flatMap((weight) => refusal(weight, shape) ?? []),
  );
  return [...new Map(refused.map((error) => [error.message, error])).values()];
}

function refusalOf({ kind, ref: { namespace, name } }: Place, error: SluiceError): Finding {
  const { what: message, remedy } = error;
  return {
    severity: 'refusal',
    subject: `${kind} ${namespace}/${name}`,
    message,
    remedy,
    ...(error instanceof WeightNotVerifiedError ? { mayPass: true } : {}),
  };
}
