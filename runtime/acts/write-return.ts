import { WeightNotVerifiedError, WriteConflictError } from '../../core/errors.ts';
import type { RouteReading } from '../../core/ports.ts';
import { lacksCapacity, returnSplit } from '../../core/rollout/return-split.ts';
import type { SideReadiness } from '../../core/rollout/safe-split.ts';
import { type Split, wholeSplit } from '../../core/traffic/split.ts';
import { leastWeight } from './least-weight.ts';
import type { TrafficPlace } from './restore-traffic.ts';

/** How often a step is computed anew when somebody else writes at the same moment; then everything goes to stable, which never raises a weight. */
const attempts = 3;

/**
 * Writes the next step back to a stable of which pods are missing (T7), as a door: everything, unless it lacks the capacity for that. Several doors and a late Lambda may do so under the same fence,
 * each from what it read itself. So a step never gives the canary more than any of the routes did when it was computed, and is written only
 * where that is so still (T3). Where a route cannot be read, everything goes to stable.
 *
 * @returns The split that the routes have now, and what the router read back.
 * @throws As the router's write does.
 */
export async function writeReturn(
  { router, target }: Pick<TrafficPlace, 'router' | 'target'>,
  { ready, beganWith, fence }: { readonly ready: SideReadiness; readonly beganWith: number; readonly fence: number },
): Promise<{ readonly split: Split; readonly readings: readonly RouteReading[] }> {
  for (let attempt = 0; attempt < attempts && lacksCapacity(ready, beganWith); attempt += 1) {
    const { least = 0, isWhole } = await leastWeight(router, target);
    const split = returnSplit(ready, { beganWith, canaryWeight: isWhole ? least : 0 }, target.totalWeight);
    if (split.canary === 0) break;
    try {
      return { split, readings: await router.write(target, { split, fence, role: 'door', lowerOnly: true }) };
    } catch (error) {
      if (!(error instanceof WriteConflictError || error instanceof WeightNotVerifiedError)) throw error;
    }
  }
  const split = wholeSplit('stable', target.totalWeight);
  return { split, readings: await router.write(target, { split, fence, role: 'door' }) };
}
