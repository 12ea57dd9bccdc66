import { FencedError, RouteRejectedError, SluiceError, WeightNotVerifiedError, WriteConflictError } from '../../core/errors.ts';
import type { KubernetesApi, RouteReading, RouteTarget, SplitWrite, TrafficRouter } from '../../core/ports.ts';
import { sameSplit } from '../../core/traffic/split.ts';
import { fenceOf } from './fence.ts';
import type { RouteDialect, RouteObject, RoutePatch } from './route-dialect.ts';
import { routeName } from './route-name.ts';
import { missing, type Place, placesOf, readObject, settleReads } from './route-objects.ts';

/** How often a patch is computed anew when somebody else wrote in between, before Step Functions' own Retry takes over. */
const attempts = 5;

/** A TrafficRouter for the routes of a dialect: reads, patches, tries again, and reads back, the same way for every mesh. */
export function createRouteRouter(api: KubernetesApi, dialect: RouteDialect): Omit<TrafficRouter, 'inspect'> {
  const { capabilities } = dialect;
  return {
    capabilities,
    read: (target) => readRoutes(api, dialect, target),
    write: async (target, write) => {
      const isDoor = write.role === 'door';
      const patchOne = (place: Place) =>
        patchUntilSettled(api, place, (found) => dialect.splitPatch(found.object, found.routes, target, write), isDoor);
      const places = placesOf(dialect, target);
      if (isDoor) throwGravest(await Promise.allSettled(places.map(patchOne)));
      else {
        // Whatever refuses one of several objects refuses before the first is written, so that none stays half-written.
        if (places.length > 1) {
          for (const found of await readObjects(api, places)) dialect.splitPatch(found.object, found.routes, target, write);
        }
        for (const place of places) await patchOne(place);
      }
      const readings = verifyWritten(await readRoutes(api, dialect, target), target, write);
      if (awaitsSettling(write)) await untilSettled(api, dialect, target, write);
      return readings;
    },
    removeCanary: async (target, fence) => {
      for (const place of placesOf(dialect, target)) {
        await patchUntilSettled(api, place, (found) => {
          refuseWhileCanaryHasWeight(dialect, found, target);
          return dialect.removeCanaryPatch(found.object, found.routes, target, fence);
        });
      }
    },
  };
}

/** See `readNewestFence` in registry.ts. */
export async function readNewestFenceOf(api: KubernetesApi, dialect: RouteDialect, target: RouteTarget): Promise<number> {
  const objects = await Promise.all(placesOf(dialect, target).map(({ ref }) => api.read(ref)));
  return Math.max(0, ...objects.map((object) => (object === undefined ? 0 : (fenceOf(object, target.rollout) ?? 0))));
}

async function readRoutes(api: KubernetesApi, dialect: RouteDialect, target: RouteTarget): Promise<RouteReading[]> {
  const found = await readObjects(api, placesOf(dialect, target));
  return found.flatMap(({ object, routes }) => {
    const fence = fenceOf(object, target.rollout);
    return routes.map((route) => ({ route, split: dialect.readSplit(object, route, target), fence }));
  });
}

/**
 * Get, compute, patch; and again, where the API server refused because the object is no longer what was read. Where it still is, the API server
 * objects to what was written, in the same way each time; a door goes on trying all the same.
 */
async function patchUntilSettled(
  api: KubernetesApi,
  place: Place,
  patchOf: (found: RouteObject) => RoutePatch,
  always = false,
): Promise<void> {
  const { namespace, name, resource } = place.ref;
  let refused: { readonly version: string | undefined; readonly message: string } | undefined;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const found = await readObject(api, place);
    const { resourceVersion: version } = found.object.metadata;
    const patch = patchOf(found);
    if (!patch.changed && !always) return;
    if (refused !== undefined && refused.version === version && !always) {
      throw new RouteRejectedError(
        `The API server objects to what is to be written to ${place.kind} ${namespace}/${name}: ${refused.message}`,
        {
          remedy: 'Mend what it objects to, in the spec or in the object.',
        },
      );
    }
    const result = await api.write({ jsonPatch: place.ref, operations: patch.operations });
    if (result.status === 'written') return;
    if (result.status === 'notFound') throw missing(place);
    refused = { version, message: result.message };
  }
  throw new WriteConflictError(`${place.kind} ${namespace}/${name} changed under ${attempts} writes in a row.`, {
    remedy: `Find out who else writes it: kubectl --namespace ${namespace} get ${resource} ${name} -o yaml --show-managed-fields.`,
  });
}

/**
 * A door writes every object, whatever becomes of the others. Then the error that the caller can do most about: a newer fence, which it can go
 * beyond, then what may pass by itself.
 */
function throwGravest(outcomes: readonly PromiseSettledResult<void>[]): void {
  const reasons: readonly unknown[] = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (reasons.length === 0) return;
  throw (
    reasons.find((reason) => reason instanceof FencedError) ??
    reasons.find((reason) => reason instanceof SluiceError && reason.retryable) ??
    reasons[0]
  );
}

/** A write counts when it can be read back (style: Flagger's GetRoutes; Argo Rollouts does not verify Istio). */
function verifyWritten(readings: RouteReading[], target: RouteTarget, write: SplitWrite): RouteReading[] {
  const other = readings.find(({ split, fence }) => !sameSplit(split, write.split) || fence !== write.fence);
  if (other === undefined) return readings;
  throw new WeightNotVerifiedError(
    `${routeName(other.route, target.namespace)} reads ${other.split.stable}/${other.split.canary} under fence ${other.fence ?? 'none'} after ${write.split.stable}/${write.split.canary} under fence ${write.fence} was written.`,
    { remedy: 'It is written again; if this goes on, somebody else writes the route.' },
  );
}

/** Only what sends the canary requests waits to be accepted. A door, and whatever takes requests away, never does. */
function awaitsSettling({ role, split, shape }: SplitWrite): boolean {
  return role === 'owner' && (split.canary > 0 || shape?.mirrorWeight !== undefined);
}

async function untilSettled(api: KubernetesApi, dialect: RouteDialect, target: RouteTarget, write: SplitWrite): Promise<void> {
  if (dialect.settled === undefined) return;
  for (const place of placesOf(dialect, target)) {
    for (let reads = 1; ; reads += 1) {
      const found = await readObject(api, place);
      const settlement = dialect.settled(found.object, found.routes, target, write);
      if (settlement === 'settled') break;
      if ('refused' in settlement) throw new RouteRejectedError(`${settlement.refused}.`, { remedy: settlement.remedy });
      if (reads === settleReads) {
        throw new WeightNotVerifiedError(`${settlement.pending}.`, {
          remedy: 'It is looked at again; if it stays so, the rollout gives way.',
        });
      }
    }
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

function readObjects(api: KubernetesApi, places: readonly Place[]): Promise<RouteObject[]> {
  return Promise.all(places.map((place) => readObject(api, place)));
}
