import { readReadyEndpoints } from '../../adapters/eks/workload/ready-endpoints.ts';
import { WeightNotVerifiedError, WriteConflictError } from '../../core/errors.ts';
import type { RouteReading } from '../../core/ports.ts';
import { type Split, splitAt } from '../../core/traffic/split.ts';
import { leastWeight } from './least-weight.ts';
import type { TrafficPlace } from './restore-traffic.ts';

/** How often it is looked at again where somebody else writes at the same moment. */
const attempts = 3;

/**
 * Writes everything to a canary that is the safe side, as a door, unless the traffic has begun to return meanwhile: a door that is late, or goes by
 * what it was told before, leaves on a ready stable what it finds there, and brings all routes to the least that the canary has on one of them (T3).
 * Only from a stable that is known to have no ready endpoint all goes to the canary (T1). In the usual case nothing more is asked than else.
 *
 * @param stableReady how many ready endpoints stable had when the door asked: what counts where the cluster does not say again.
 * @returns The split that the routes have now, and what the router read back.
 * @throws As the router's write does.
 */
export async function writeCanary(
  { api, router, target }: TrafficPlace,
  fence: number,
  stableReady: number | undefined,
): Promise<{ readonly split: Split; readonly readings: readonly RouteReading[] }> {
  const { totalWeight } = target;
  let present = totalWeight;
  for (let attempt = 1; ; attempt += 1) {
    const stays = present < totalWeight && (await mayBeReady());
    const split = splitAt(stays ? present : totalWeight, totalWeight);
    try {
      const lowerOnly = split.canary <= present;
      return { split, readings: await router.write(target, { split, fence, role: 'door', lowerOnly }) };
    } catch (error) {
      if (!(error instanceof WriteConflictError || error instanceof WeightNotVerifiedError) || attempt === attempts) throw error;
      const { least = totalWeight } = await leastWeight(router, target);
      if (least >= split.canary) throw error;
      present = least;
    }
  }

  async function mayBeReady(): Promise<boolean> {
    try {
      return (await readReadyEndpoints(api, target.namespace, target.stableService)) > 0;
    } catch {
      return stableReady !== 0;
    }
  }
}
