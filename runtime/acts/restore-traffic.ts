import { readReadyEndpoints } from '../../adapters/eks/workload/ready-endpoints.ts';
import { leftBehind, type WrittenReading } from '../../adapters/mesh/left-behind.ts';
import { readNewestFence } from '../../adapters/mesh/registry.ts';
import { FencedError, WriteConflictError } from '../../core/errors.ts';
import type { KubernetesApi, RouteTarget, TrafficRouter } from '../../core/ports.ts';
import { type SideReadiness, safeSide } from '../../core/rollout/safe-split.ts';
import type { RouterKind } from '../../core/spec/router-spec.ts';
import { type Side, type Split, wholeSide, wholeSplit } from '../../core/traffic/split.ts';
import type { Deps } from '../deps.ts';

export interface TrafficRestored {
  /** The side that has the traffic, or that it returns to in steps. */
  readonly side: Side;
  readonly split: Split;
  readonly ready: SideReadiness;
  readonly fence: number;
}

/** Where the routes of a rollout are, and what steers them. */
export interface TrafficPlace {
  readonly api: KubernetesApi;
  readonly kind: RouterKind;
  readonly router: TrafficRouter;
  readonly target: RouteTarget;
}

export interface RestoreOptions {
  /** Where whoever calls has asked for it already. */
  readonly readiness?: Promise<SideReadiness>;
  /** How many ready pods stable began with, where its traffic may return in steps. */
  readonly beganWith?: number | undefined;
}

/**
 * The one act that every door does: everything to the safe side, under the door's fence, at once (T2). It waits for no measurement
 * and not for the canary. Asking which side has ready endpoints costs one round trip; where the cluster does not say, the recorded
 * side is taken. A stable that has lost much of its capacity is given what it can carry, also at once, and the rest is returned by the
 * rollback machine (T7). A canary that is the safe side is given nothing that a ready stable has already (T3).
 *
 * A route that carries a newer fence than the store knows was written by a door that could not reach the store; `raise` is then
 * asked for a fence beyond it.
 */
export async function restoreTraffic(
  deps: Pick<Deps, 'log'>,
  where: TrafficPlace,
  recordedSide: Side,
  fence: number,
  raise: (atLeast: number) => Promise<number>,
  { readiness = readSideReadiness(deps, where.api, where.target), beganWith }: RestoreOptions = {},
): Promise<TrafficRestored> {
  const { api, kind, target } = where;
  const ready = await readiness;
  const side = safeSide(recordedSide, ready);
  const write = async (under: number): Promise<TrafficRestored> => {
    if (side === 'stable' && beganWith !== undefined && ready.stable !== undefined && ready.stable < beganWith) {
      // People wait for the door, which has this to load only where pods are missing.
      const { writeReturn } = await import('./write-return.ts');
      const { split, readings } = await writeReturn(where, { ready, beganWith, fence: under });
      tellLeftBehind(deps, readings);
      return { side, split, ready, fence: under };
    }
    return { ...(await writeWhole(deps, where, { side, ready, fence: under })), ready, fence: under };
  };
  try {
    return await write(fence);
  } catch (error) {
    if (!(error instanceof FencedError)) throw error;
    return write(await raise((await readNewestFence(kind, api, target)) + 1));
  }
}

/**
 * The same without the store: the tombstone that keeps a late writer out is written all the same, one above what the routes carry.
 * The store learns of it when it answers again. `recordedSide` is what the record said when it was last seen. Whatever capacity stable has,
 * everything goes to it: nobody is sure to come and bring the rest.
 *
 * @throws RouteRejectedError where a route is gone or cannot be steered: after all others were written, and what can be of this one.
 */
export async function restoreTrafficWithoutStore(
  deps: Pick<Deps, 'log'>,
  where: TrafficPlace,
  fence: number,
  recordedSide: Side,
): Promise<TrafficRestored> {
  const { api, kind, target } = where;
  const ready = await readSideReadiness(deps, api, target);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const newest = Math.max(fence, await readNewestFence(kind, api, target));
    try {
      const written = await writeWhole(deps, where, { side: safeSide(recordedSide, ready), ready, fence: newest + 1 });
      return { ...written, ready, fence: newest + 1 };
    } catch (error) {
      if (!(error instanceof FencedError)) throw error;
    }
  }
  throw new WriteConflictError(`The routes of ${target.rollout} were fenced anew three times in a row.`, {
    remedy: 'Another door is at work; it is tried again.',
  });
}

/** Everything to one side; but what a ready stable has already is not taken from it, so that its side is then stable. */
async function writeWhole(
  deps: Pick<Deps, 'log'>,
  where: TrafficPlace,
  { side, ready, fence }: Pick<TrafficRestored, 'side' | 'ready' | 'fence'>,
): Promise<Pick<TrafficRestored, 'side' | 'split'>> {
  const { router, target } = where;
  if (side === 'canary') {
    // Only a door to a promotion that is half-way has this to load.
    const { writeCanary } = await import('./write-canary.ts');
    const { split, readings } = await writeCanary(where, fence, ready.stable);
    tellLeftBehind(deps, readings);
    return { side: wholeSide(split) ?? 'stable', split };
  }
  const split = wholeSplit(side, target.totalWeight);
  tellLeftBehind(deps, await router.write(target, { split, fence, role: 'door' }));
  return { side, split };
}

/** How many ready endpoints each side has. Never rejects: where the cluster does not say, that is the answer. */
export async function readSideReadiness(deps: Pick<Deps, 'log'>, api: KubernetesApi, target: RouteTarget): Promise<SideReadiness> {
  const count = async (service: string): Promise<number | undefined> => {
    try {
      return await readReadyEndpoints(api, target.namespace, service);
    } catch (error) {
      deps.log.warn('could not count ready endpoints', {
        endpointsOf: service,
        why: error instanceof Error ? error.message : String(error),
      });
      return undefined;
    }
  };
  const [stable, canary] = await Promise.all([count(target.stableService), count(target.canaryService)]);
  return { stable, canary };
}

function tellLeftBehind(deps: Pick<Deps, 'log'>, readings: readonly WrittenReading[]): void {
  for (const left of leftBehind(readings)) deps.log.warn('a route took less than the rollback wrote', { left });
}
