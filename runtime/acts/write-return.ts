import { createRouter } from '../../adapters/mesh/registry.ts';
import { WeightNotVerifiedError, WriteConflictError } from '../../core/errors.ts';
import type { RouteReading, RouteTarget, TrafficRouter } from '../../core/ports.ts';
import { lacksCapacity, returnSplit } from '../../core/rollout/return-split.ts';
import type { SideReadiness } from '../../core/rollout/safe-split.ts';
import { type Split, wholeSplit } from '../../core/traffic/split.ts';
import { onlyWhileUnchanged } from './only-while-unchanged.ts';
import type { TrafficPlace } from './restore-traffic.ts';

/** How often a step is computed anew when somebody else writes at the same moment; then everything goes to stable, which never raises a weight. */
const attempts = 3;

/**
 * Writes the next step back to a stable of which pods are missing (T7), as a door: everything, unless it lacks the capacity for that. Several doors and a late Lambda may do so under the same fence,
 * each from what it read itself. So a step is written only while the routes are as they were when it was computed, and never gives the
 * canary more than any of them did (T3). Where a route cannot be read, everything goes to stable.
 *
 * @returns The split that the routes have now, and what the router read back.
 * @throws As the router's write does.
 */
export async function writeReturn(
  { api, kind, router, target }: TrafficPlace,
  { ready, beganWith, fence }: { readonly ready: SideReadiness; readonly beganWith: number; readonly fence: number },
): Promise<{ readonly split: Split; readonly readings: readonly RouteReading[] }> {
  for (let attempt = 0; attempt < attempts && lacksCapacity(ready, beganWith); attempt += 1) {
    const guarded = onlyWhileUnchanged(api);
    const careful = createRouter(kind, guarded.api);
    const canaryWeight = await leastWeight(careful, target);
    const split = returnSplit(ready, { beganWith, canaryWeight }, target.totalWeight);
    if (split.canary === 0) break;
    guarded.hold();
    try {
      return { split, readings: await careful.write(target, { split, fence, role: 'door' }) };
    } catch (error) {
      if (!(error instanceof WriteConflictError || error instanceof WeightNotVerifiedError)) throw error;
    }
  }
  const split = wholeSplit('stable', target.totalWeight);
  return { split, readings: await router.write(target, { split, fence, role: 'door' }) };
}

/** The least that any route gives the canary; 0 where they cannot be read. */
async function leastWeight(router: TrafficRouter, target: RouteTarget): Promise<number> {
  try {
    const readings = await router.read(target);
    return Math.min(target.totalWeight, ...readings.map(({ split }) => split.canary));
  } catch {
    return 0;
  }
}
