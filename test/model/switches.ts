/**
 * What keeps the promises. Each can be taken out of the model by its name, and the exploration then finds a story that breaks a promise.
 *
 * `guards` are in the code. `mends` are what the code is to do where the model has found that it does not: `codeAsItIs` says which of them
 * it has by now.
 */
export interface Switches {
  /** A patch of the route holds only while the route still carries the fence that was read. */
  readonly fence: boolean;
  /** A door writes its fence to the route, also where the weight is 0 already. */
  readonly tombstone: boolean;
  /** A door sends everything to the side that the record names, and not to one without ready endpoints. Without it: always to stable. */
  readonly safeSplit: boolean;
  /** A rollout is begun only where no other one holds the service. */
  readonly lock: boolean;
  /** An execution that runs and is not heard of is taken for dead. */
  readonly lease: boolean;
  /** Somebody outside looks after rollouts whose execution is dead. */
  readonly sweep: boolean;
  /** What an owner writes to the store holds only while the lock carries its fence. */
  readonly ownedWrites: boolean;
  /** Stable's Deployment carries a fence, which the write of its image tests. */
  readonly fenceOnStable: boolean;
  /** An image that a rollback has spoken against is not rolled out again. */
  readonly quarantine: boolean;

  /** The fence is raised before stable's image is written, so that a late SetWeight of this rollout finds the route closed. */
  readonly raisesBeforePromotion: boolean;
  /** The fence is raised before the canary is removed, so that a late door or SetWeight of this rollout finds the route closed. */
  readonly raisesBeforeRemoval: boolean;
  /** A door that meets a newer fence on the route goes beyond it only where the store does not know of it, and else leaves the rest to others. */
  readonly doorGivesWay: boolean;
  /** A door that finds all traffic on a ready stable leaves it there, whatever the record says. */
  readonly neverRaises: boolean;
  /** Making the canary is refused where a later owner has removed it. */
  readonly fencedCreate: boolean;
  /** Removing the canary holds only while the object is as it was read, and not only the same object. */
  readonly versionedDelete: boolean;
  /** Where stable has traffic, its pods are replaced a few at a time: a Deployment whose strategy is Recreate is refused. */
  readonly rollingStable: boolean;
  /** The execution whose rollout has ended under its own fence ends as the rollout did. */
  readonly endIsRemembered: boolean;
}

export const everything: Switches = {
  fence: true,
  tombstone: true,
  safeSplit: true,
  lock: true,
  lease: true,
  sweep: true,
  ownedWrites: true,
  fenceOnStable: true,
  quarantine: true,
  raisesBeforePromotion: true,
  raisesBeforeRemoval: true,
  doorGivesWay: true,
  neverRaises: true,
  fencedCreate: true,
  versionedDelete: true,
  rollingStable: true,
  endIsRemembered: true,
};

export function without(...names: readonly (keyof Switches)[]): Switches {
  return { ...everything, ...Object.fromEntries(names.map((name) => [name, false])) };
}

const mends = ['fencedCreate'] as const satisfies readonly (keyof Switches)[];

/** What the handlers do today. Whoever mends one of them turns its switch on here: the tests compare the handlers with this model. */
export const codeAsItIs: Switches = without(...mends);
