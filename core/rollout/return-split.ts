import { type Split, splitAt, wholeSplit } from '../traffic/split.ts';
import type { RolloutRecord } from './record.ts';
import type { SideReadiness } from './safe-split.ts';

/**
 * How long traffic returns in steps at most, from the first one on; then all of it goes to stable. Meanwhile users are on a version that something
 * speaks against. The image of a pod that comes back is on the nodes already, and a node that has to be made for it takes one to two minutes:
 * what is not there by then is not waited for. docs/decisions/0018-return-in-steps.md has the reasons for the figures here.
 */
export const returnSeconds = 120;

/** The part of stable's pods that may be missing, and the part of the traffic that is too little to be returned apart. */
const tolerance = 0.2;

/**
 * How many ready pods stable began with, as long as its traffic may return in steps; undefined where it is to return at once, because the time for
 * that is over, or the record does not say.
 */
export function capacityToReturnTo(
  { stableReady, returnUntilMs }: Pick<RolloutRecord, 'stableReady' | 'returnUntilMs'>,
  nowMs: number,
): number | undefined {
  return returnUntilMs !== undefined && nowMs >= returnUntilMs ? undefined : stableReady;
}

/**
 * Whether so much of stable's capacity is gone that it cannot take all traffic at once (T7). A pod that restarts is none of that, nor a fifth of
 * many pods. Where the cluster does not say how many are ready, or the canary has none to answer meanwhile, it counts as not gone.
 *
 * @example Of 4 pods 3 are ready: not gone. Of 4 pods 2: gone. Of 10 pods 8: not gone. Of 2 pods 1: not gone.
 */
export function lacksCapacity({ stable, canary }: SideReadiness, beganWith: number): boolean {
  if (stable === undefined || canary === undefined || canary === 0) return false;
  return stable < beganWith - Math.max(1, Math.floor(beganWith * tolerance));
}

/**
 * The split of the next step back to stable: each of its ready pods carries as much as it did when the rollout began, and the canary keeps the
 * rest. The canary never gets more than it has (T3). What stable would leave it of a fifth or less goes as well, so that an early step of a
 * rollout never returns in parts. A stable without a ready pod is given nothing (T1).
 *
 * @param canaryWeight What the canary has now.
 * @example Of 4 pods 1 is ready, and the canary has 100 of 100: 25/75; has it 50: 50/50, for stable carries that already.
 * @example Of 10 pods 7 are ready, and the canary has 100 of 100: 70/30. With 8 it is 100/0.
 */
export function returnSplit(
  ready: SideReadiness,
  { beganWith, canaryWeight }: { readonly beganWith: number; readonly canaryWeight: number },
  totalWeight: number,
): Split {
  const all = wholeSplit('stable', totalWeight);
  if (!lacksCapacity(ready, beganWith)) return all;
  const present = Math.max(0, totalWeight - canaryWeight);
  const pods = ready.stable ?? 0;
  if (pods === 0) return splitAt(totalWeight - present, totalWeight);
  const share = Math.max(present, Math.floor((totalWeight * pods) / beganWith), 1);
  return share >= totalWeight * (1 - tolerance) ? all : splitAt(totalWeight - share, totalWeight);
}
