import type { Side } from '../traffic/split.ts';

/** Ready endpoints of each side; undefined where the cluster did not say. */
export interface SideReadiness {
  readonly stable: number | undefined;
  readonly canary: number | undefined;
}

/**
 * The side that a door sends everything to.
 *
 * The record names it: stable until stable's image is written for the first time; the canary while stable takes the new image;
 * stable again once it is ready. Each act of a promotion records it before it acts. Only a side that is known to have no ready
 * endpoint, while the other has some, is passed over (T1): a rollback into nothing is an outage of its own (Flagger #1898).
 *
 * @example safeSide('stable', { stable: 3, canary: 1 }) // 'stable'
 * @example safeSide('stable', { stable: 0, canary: 1 }) // 'canary'
 * @example safeSide('canary', { stable: 2, canary: undefined }) // 'canary': not knowing is no reason to leave the recorded side
 */
export function safeSide(recorded: Side, ready: SideReadiness): Side {
  const other: Side = recorded === 'stable' ? 'canary' : 'stable';
  return ready[recorded] === 0 && (ready[other] ?? 0) > 0 ? other : recorded;
}
