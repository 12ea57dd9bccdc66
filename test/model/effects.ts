import type { Side } from '../../core/traffic/split.ts';
import { type Hand, isEnded, type Process, type RolloutNumber, type RolloutRecord, recordOf, type State, type Weight } from './state.ts';
import type { Switches } from './switches.ts';

/** In what an effect takes place: a state that may be changed, the Lambda that acts, and what is switched on. */
export interface Scene {
  readonly state: State;
  readonly by: Process;
  readonly on: Switches;
  /** Both pushes are of one image. */
  readonly sameImage: boolean;
}

/**
 * What an effect came to.
 * - `next`: it is done. `waits`: not yet. `again`: the Task is called again.
 * - `fenced`, `rejected`: the Task ends in an error.
 */
export type Outcome = 'next' | 'waits' | 'again' | 'fenced' | 'rejected' | 'ends';

// ── The store ────────────────────────────────────────────────────────────────────────────────────────────────────────

export function owns({ state: { lock }, by, on }: Scene): boolean {
  return !on.ownedWrites || (lock.holder === by.rollout && lock.fence === by.fence);
}

/** An owner's write: record and lock in one transaction, on the condition that the lock is still its own and nobody wrote in between. */
export function save(scene: Scene, change: Partial<RolloutRecord>, raise = false): Outcome {
  const { state, by, on } = scene;
  if (!owns(scene)) return 'fenced';
  if (!by.fresh && on.ownedWrites) return 'again';
  const record = recordOf(state, by.rollout);
  Object.assign(record, change);
  if (raise) {
    state.lock.fence += 1;
    record.fence = state.lock.fence;
    by.fence = record.fence;
  }
  noteWrite(scene);
  return 'next';
}

/** Whoever had read the record before has read it too early. */
export function noteWrite({ state, by }: Scene): void {
  for (const other of state.processes) if (other !== by && other.rollout === by.rollout && other.paused) other.fresh = false;
}

export function imageOf(rollout: RolloutNumber, sameImage: boolean): 1 | 2 {
  return sameImage ? 1 : rollout;
}

// ── The routes ───────────────────────────────────────────────────────────────────────────────────────────────────────

type Role = 'claim' | 'owner' | 'door';

/** What a patch would test, or that the role may not write under the fence that the route carries. */
export function readRoute({ state: { route }, by }: Scene, role: Role): Hand | 'fenced' {
  if (route.fence > by.fence || (role === 'owner' && route.fence !== by.fence)) return 'fenced';
  return { fence: route.fence, what: route.weight };
}

/** A patch of the route: it tests what was read, and where that is no longer so, it is read and decided anew. */
export function writeRoute(scene: Scene, weight: Weight, role: Role): Outcome {
  const { state, by, on } = scene;
  const { route } = state;
  const hand = by.hand;
  const holds = hand !== undefined && route.weight === hand.what && (!on.fence || route.fence === hand.fence);
  if (!holds && readRoute(scene, role) === 'fenced') return 'fenced';
  if (role === 'door' && !on.tombstone && route.weight === weight) return 'next';
  judgeRoute(scene, weight);
  route.weight = weight;
  route.fence = by.fence;
  return 'next';
}

function judgeRoute({ state, by }: Scene, weight: Weight): void {
  const { route, claimedBy, rolledBack } = state;
  const changed = route.weight !== weight || route.fence !== by.fence;
  if (changed && by.rollout < claimedBy) state.broken = `O1: ${by.id} writes the route, which rollout ${claimedBy} has claimed`;
  if (weight > route.weight && rolledBack[by.rollout - 1])
    state.broken = `T3: ${by.id} raises the canary's weight after the rollback began`;
}

/** The side that a door sends everything to, by what the record says and which side is ready. */
export function safeSide({ state: { stable, canary }, on }: Scene, recorded: Side): Side {
  if (!on.safeSplit) return 'stable';
  if (recorded === 'stable') return !stable.ready && canary.ready > 0 ? 'canary' : 'stable';
  return canary.ready === 0 && stable.ready ? 'stable' : 'canary';
}

export function wholeWeight(side: Side): Weight {
  return side === 'canary' ? 2 : 0;
}

// ── The workload ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Stable's image, which only a fence that is not older may write. Its pods are replaced, all at once in the worst case. */
export function writeStable(scene: Scene, image: State['stable']['image'], expected: State['stable']['image']): Outcome {
  const { state, by, on } = scene;
  const { stable } = state;
  const { hand } = by;
  const holds = hand !== undefined && stable.image === hand.what && (!on.fenceOnStable || stable.fence === hand.fence);
  if (!holds && on.fenceOnStable && stable.fence > by.fence) return 'fenced';
  if (stable.image !== image && stable.image !== expected) return 'rejected';
  if (on.fenceOnStable) stable.fence = by.fence;
  if (stable.image === image) return 'next';
  if (state.claimedBy > by.rollout) state.broken = `O1: ${by.id} writes stable's image while rollout ${state.claimedBy} has the service`;
  stable.image = image;
  stable.settled = false;
  stable.ready = on.rollingStable && state.route.weight < 2;
  return 'next';
}

export function readStable({ state: { stable }, by, on }: Scene): Hand | 'fenced' {
  return on.fenceOnStable && stable.fence > by.fence ? 'fenced' : { fence: stable.fence, what: stable.image };
}

export function readCanary({ state: { canary }, by }: Scene): Hand | 'fenced' {
  return canary.of !== 0 && canary.fence > by.fence
    ? 'fenced'
    : { fence: canary.of === 0 ? 0 : canary.fence, what: canary.of === 0 ? 0 : canary.uid };
}

/** Creates the canary, or takes over what an earlier rollout has left. */
export function createCanary(scene: Scene): Outcome {
  const { state, by, on } = scene;
  const { canary } = state;
  if (canary.of !== 0 && canary.fence > by.fence) return 'fenced';
  if (on.fencedCreate && canary.grave >= by.fence) return 'fenced';
  const size = Math.max(by.step + 1, canary.of === by.rollout ? canary.size : 0) as Weight;
  const kept = canary.of === by.rollout ? canary.ready : 0;
  if (canary.of !== 0 && canary.of !== by.rollout && state.claimedBy > by.rollout)
    state.broken = `O1: ${by.id} takes the canary of ${canary.of}`;
  state.canary = { ...canary, of: by.rollout, size, ready: kept, fence: by.fence, uid: canary.of === 0 ? canary.uid + 1 : canary.uid };
  return 'next';
}

export function scaleCanary({ state: { canary }, by }: Scene, size: Weight): Outcome {
  if (canary.of === 0) return 'next';
  if (canary.fence > by.fence) return 'fenced';
  if (canary.of !== by.rollout || size <= canary.size) return 'next';
  canary.size = size;
  canary.fence = by.fence;
  return 'next';
}

/** Removes the canary unless a later owner has it. */
export function removeCanary({ state, by, on }: Scene): Outcome {
  const { canary } = state;
  const { hand } = by;
  const read = hand !== undefined && hand.what !== 0 && hand.what === canary.uid;
  const holds = read && (!on.versionedDelete || hand.fence === canary.fence);
  if (canary.of !== 0 && (holds || canary.fence <= by.fence)) {
    if (canary.of > by.rollout) state.broken = `O1: ${by.id} removes the canary of rollout ${canary.of}`;
    state.canary = { ...canary, of: 0, size: 0, ready: 0, fence: 0 };
  }
  state.canary.grave = Math.max(state.canary.grave, by.fence);
  return 'next';
}

/** Ends the rollout and gives the service free. */
export function end(scene: Scene, phase: 'succeeded' | 'rolledBack' | 'failed', against = false): Outcome {
  const { state, by } = scene;
  const record = recordOf(state, by.rollout);
  if (isEnded(record) && record.fence === by.fence) return 'next';
  const saved = save(scene, { phase });
  if (saved !== 'next') return saved;
  if (phase !== 'failed') state.lock.holder = 0;
  if (phase === 'rolledBack' && against) state.quarantined[imageOf(by.rollout, scene.sameImage)] = true;
  return 'next';
}

/** The door of an execution without the store: the tombstone, one above what the route carries, by what the payload says. */
export function writeWithoutStore(scene: Scene): void {
  const { state, by, on } = scene;
  const { fence } = by;
  const side = on.neverRaises && state.route.weight === 0 && state.stable.ready ? 'stable' : safeSide(scene, by.payloadSide);
  by.fence = Math.max(fence, state.route.fence) + 1;
  by.hand = undefined;
  writeRoute(scene, wholeWeight(side), 'door');
  by.fence = fence;
  state.rolledBack[by.rollout - 1] = true;
}
