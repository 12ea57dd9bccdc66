import { FencedError, SluiceError, WeightNotVerifiedError } from '../../core/errors.ts';
import type { KubernetesApi, RouteReading, RouteTarget, SplitWrite, TrafficRouter } from '../../core/ports.ts';
import { sameSplit, wholeSide } from '../../core/traffic/split.ts';
import { fenceOf } from './fence.ts';
import type { WrittenReading } from './left-behind.ts';
import { lowerOnly } from './lower-only.ts';
import { type Instead, patchObject } from './patch-object.ts';
import type { RouteDialect, RouteObject } from './route-dialect.ts';
import { routeName } from './route-name.ts';
import { keyOf, type Place, placesOf, readObject } from './route-objects.ts';
import type { Patience } from './until-settled.ts';

/**
 * A TrafficRouter for the routes of a dialect: reads, patches, tries again, and reads back, the same way for every mesh.
 *
 * @param patience Left out, a route is read a few times in a row and then given up for this time.
 */
export function createRouteRouter(api: KubernetesApi, plain: RouteDialect, patience?: Patience): Omit<TrafficRouter, 'inspect'> {
  return {
    capabilities: plain.capabilities,
    read: (target) => readRoutes(api, plain, target),
    write: async (target, write) => {
      const dialect = write.lowerOnly === true ? lowerOnly(plain) : plain;
      const always = write.role === 'door';
      const left = new Map<string, string>();
      const patchOne = async (place: Place) => {
        const instead: Instead = async (refused) => {
          const { writingLess } = await import('./write-less.ts');
          return writingLess(api, dialect, place, target, write)(refused);
        };
        const patchOf = ({ object, routes }: RouteObject) => dialect.splitPatch(object, routes, target, write);
        const kept = await patchObject(api, place, patchOf, { always, instead: takesAllBack(write) ? instead : undefined });
        if (kept !== undefined) left.set(keyOf(place.ref), kept);
      };
      const places = placesOf(dialect, target);
      if (always) throwGravest(await Promise.allSettled(places.map(patchOne)));
      else {
        // Whatever refuses one of several objects refuses before the first is written, so that none stays half-written.
        if (places.length > 1) {
          for (const found of await readObjects(api, places)) dialect.splitPatch(found.object, found.routes, target, write);
        }
        for (const place of places) await patchOne(place);
      }
      const readings = verifyWritten(await readRoutes(api, dialect, target), target, write);
      if (dialect.settled !== undefined && awaitsSettling(write, patience)) {
        // No door waits, so that none has this to load.
        const { untilSettled } = await import('./until-settled.ts');
        await untilSettled(api, dialect, target, write, patience);
      }
      return readings.map((reading): WrittenReading => {
        const kept = left.get(keyOf(dialect.refOf(reading.route, target.namespace)));
        return kept === undefined ? reading : { ...reading, left: kept };
      });
    },
    // No door removes, so that none has this to load.
    removeCanary: async (target, fence) => (await import('./remove-canary.ts')).removeCanary(api, plain, target, fence),
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

/** A write that takes all traffic to one side, as a rollback's do, does not depend on what else there is to write. */
function takesAllBack({ role, split, shape }: SplitWrite): boolean {
  return role === 'door' || (role === 'owner' && shape === undefined && wholeSide(split) !== undefined);
}

/**
 * Only what sends the canary requests waits to be accepted. A door, and whatever takes requests away, never does; nor does a claim, but that which
 * a patient owner makes in order to put right what somebody else wrote.
 */
function awaitsSettling({ role, split, shape }: SplitWrite, patience: Patience | undefined): boolean {
  const isWaiting = role === 'owner' || (role === 'claim' && patience !== undefined);
  return isWaiting && (split.canary > 0 || shape?.mirrorWeight !== undefined);
}

function readObjects(api: KubernetesApi, places: readonly Place[]): Promise<RouteObject[]> {
  return Promise.all(places.map((place) => readObject(api, place)));
}
