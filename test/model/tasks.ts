import { raiseFence, rollbackName, startRollback, writeSafeSplit } from './door.ts';
import {
  createCanary,
  end,
  imageOf,
  noteWrite,
  type Outcome,
  owns,
  readCanary,
  readRoute,
  readStable,
  removeCanary,
  type Scene,
  safeSide,
  save,
  scaleCanary,
  wholeWeight,
  writeRoute,
  writeStable,
} from './effects.ts';
import type { Task } from './machines.ts';
import { type Hand, isEnded, type Process, recordOf, type State, type Weight } from './state.ts';

/** On what an effect is: `nothing` is a wait for the cluster. */
export type Place = 'store' | 'route' | 'stable' | 'canary' | 'executions' | 'nothing';

/** One atomic effect of a Task. */
export interface Effect {
  readonly name: string;
  readonly on: Place;
  /** What the Lambda reads before it writes, where it can be paused in between. */
  readonly look?: (scene: Scene) => Hand | 'fenced';
  readonly act: (scene: Scene) => Outcome;
}

const store = (name: string, act: Effect['act']): Effect => ({ name, on: 'store', act });
const owner = (scene: Scene) => readRoute(scene, 'owner');
const taker = (scene: Scene) => readRoute(scene, 'door');
const nextWeight = ({ by }: Scene): Weight => (by.step === 0 ? 1 : 2);
const record = ({ state, by }: Scene) => recordOf(state, by.rollout);

/** The lock, the record and the trace of the execution in one transaction. A retry finds its own; a redrive finds that it was. */
function takeLock(scene: Scene): Outcome {
  const { state, by, on, sameImage } = scene;
  const own = record(scene);
  if (own.phase !== 'none') return own.phase === 'rollingBack' || isEnded(own) ? 'fenced' : 'next';
  if (on.lock && state.lock.holder !== 0) return 'waits';
  const image = imageOf(by.rollout, sameImage);
  if (state.quarantined[image]) {
    if (on.quarantine) return 'ends';
    state.broken = 'O4: an image that was rolled back is rolled out again';
  }
  if (state.records.some(({ phase }) => phase !== 'none' && phase !== 'failed' && !isEnded({ phase } as typeof own))) {
    state.broken = 'O1: two rollouts of one service at one time';
  }
  state.lock = { fence: state.lock.fence + 1, holder: by.rollout };
  Object.assign(own, { phase: 'progressing', fence: state.lock.fence, before: state.stable.image });
  by.fence = own.fence;
  noteWrite(scene);
  return 'next';
}

function claimRoute(scene: Scene): Outcome {
  const written = writeRoute(scene, 0, 'claim');
  if (written === 'next' && scene.state.claimedBy < scene.by.rollout) scene.state.claimedBy = scene.by.rollout;
  return written;
}

/** Once taken over by its own raise, a retry goes on with the fence that it raised itself. */
function adopt(scene: Scene, raised: boolean): void {
  const { by } = scene;
  const { fence } = record(scene);
  if (raised && fence === by.fence + 1) by.fence = fence;
}

function promote(scene: Scene): Outcome {
  const { state, by, on, sameImage } = scene;
  const own = record(scene);
  const goal = imageOf(by.rollout, sameImage);
  adopt(scene, on.raisesBeforePromotion && own.phase === 'promoting' && own.safeSide === 'canary');
  if (!owns(scene)) return 'fenced';
  if (own.weight !== 2 || (state.stable.image !== own.before && state.stable.image !== goal)) return 'rejected';
  const raise = on.raisesBeforePromotion && own.phase !== 'promoting';
  const saved = save(scene, { phase: 'promoting', safeSide: 'canary', goal, pastNoReturn: true }, raise);
  return saved;
}

/**
 * The owner's fence is raised where the route has the one before. Where it has the raised one and is not whole, it is another's: that of a door
 * without the store, which goes by the same numbers, or that of the return since.
 */
function holdRoute(scene: Scene): Outcome {
  const { route } = scene.state;
  const { fence } = scene.by;
  if (route.fence === fence) return route.weight === 2 ? 'next' : 'fenced';
  return route.fence === fence - 1 ? writeRoute(scene, 2, 'claim') : 'fenced';
}

const returning: readonly Effect[] = [
  store('notes that stable is the safe side', (scene) => save(scene, { safeSide: 'stable', weight: 0 })),
  {
    name: 'gives all traffic to stable',
    on: 'route',
    look: owner,
    act: (scene) => writeRoute(scene, 0, 'owner'),
  },
];

const awaitingStable: readonly Effect[] = [
  {
    name: 'sees stable ready',
    on: 'nothing',
    act: (scene) => {
      const { stable } = scene.state;
      if (!ownsRollback(scene)) return 'fenced';
      return stable.settled && stable.ready && stable.image === goalOf(scene) ? 'next' : 'waits';
    },
  },
];

export function goalOf(scene: Scene): State['stable']['image'] {
  const { goal, before } = record(scene);
  return goal === -1 ? before : goal;
}

/** Whoever comes to the removal again, or behind one that failed, takes the fence that it raised. */
function adoptRemoval(scene: Scene): void {
  adopt(scene, record(scene).removing);
}

const removing: readonly Effect[] = [
  store('raises the fence before the removal', (scene) => {
    adoptRemoval(scene);
    const raised = record(scene).removing;
    return save(scene, scene.on.raisesBeforeRemoval ? { removing: true } : {}, scene.on.raisesBeforeRemoval && !raised);
  }),
  {
    name: 'takes the canary out of the route',
    on: 'route',
    look: taker,
    act: (scene) => (scene.state.route.weight > 0 ? 'rejected' : writeRoute(scene, 0, 'claim')),
  },
  { name: 'removes the canary', on: 'canary', look: readCanary, act: removeCanary },
];

const start: Effect = { name: 'starts the rollback machine', on: 'executions', act: startRollback };
const safe: Effect = { name: 'writes the safe split', on: 'route', look: taker, act: writeSafeSplit };

/** The effects of each Task in their order. VerifyWeight and RunAnalysis have none of their own: they renew the lease and note what they saw. */
export const tasks: Readonly<Record<Task, readonly Effect[]>> = {
  Begin: [store('takes the lock', takeLock), { name: 'claims the route', on: 'route', look: taker, act: claimRoute }],
  DeployCanary: [
    {
      name: 'makes the canary',
      on: 'canary',
      look: (scene) => (owns(scene) ? readCanary(scene) : 'fenced'),
      act: (scene) => (scene.by.hand === undefined && !owns(scene) ? 'fenced' : createCanary(scene)),
    },
  ],
  AwaitReady: [
    {
      name: 'sizes the canary for the step',
      on: 'canary',
      look: (scene) => (owns(scene) ? readCanary(scene) : 'fenced'),
      act: (scene) => (scene.by.hand === undefined && !owns(scene) ? 'fenced' : scaleCanary(scene, nextWeight(scene))),
    },
    {
      name: 'sees the canary ready',
      on: 'nothing',
      act: (scene) => (owns(scene) ? (scene.state.canary.ready >= nextWeight(scene) ? 'next' : 'waits') : 'fenced'),
    },
  ],
  SetWeight: [
    store('notes the weight', (scene) => (scene.state.canary.ready === 0 ? 'rejected' : save(scene, { weight: nextWeight(scene) }))),
    { name: 'writes the weight', on: 'route', look: owner, act: (scene) => writeRoute(scene, nextWeight(scene), 'owner') },
  ],
  VerifyWeight: [],
  RunAnalysis: [],
  Decide: [store('decides', (scene) => save(scene, {}))],
  PromoteStable: [
    store('passes the point of no return', promote),
    {
      name: 'holds the route under the new fence',
      on: 'route',
      look: taker,
      act: (scene) => (scene.on.raisesBeforePromotion ? holdRoute(scene) : 'next'),
    },
    {
      name: 'gives stable the new image',
      on: 'stable',
      look: readStable,
      act: (scene) => writeStable(scene, imageOf(scene.by.rollout, scene.sameImage), record(scene).before),
    },
  ],
  AwaitStable: awaitingStable,
  ReturnTraffic: returning,
  RemoveCanary: removing,
  Finish: [
    store('ends the rollout', (scene) => {
      adoptRemoval(scene);
      return end(scene, 'succeeded');
    }),
  ],
  Abort: [store('raises the fence', raiseFence), start, safe],
  RestoreTraffic: [
    {
      ...safe,
      look: (scene) => (openForRestoring(scene) ? taker(scene) : 'fenced'),
      act: (scene) => {
        if (scene.by.hand === undefined && !openForRestoring(scene)) return 'fenced';
        return writeSafeSplit(scene);
      },
    },
    store('notes the split', (scene) => {
      const saved = save(scene, { weight: wholeWeight(scene.by.side) });
      if (saved === 'next') scene.by.outcome = scene.by.side === 'stable' && !record(scene).pastNoReturn ? 'returned' : 'held';
      return saved;
    }),
  ],
  VerifyTraffic: [
    {
      name: 'reads the route back',
      on: 'nothing',
      act: (scene) => {
        const { route } = scene.state;
        if (!ownsRollback(scene)) return 'fenced';
        return route.weight === record(scene).weight && route.fence === record(scene).fence ? 'next' : 'rejected';
      },
    },
  ],
  RestoreStable: [
    store('notes the image', (scene) => {
      if (!ownsRollback(scene)) return 'fenced';
      const { pastNoReturn, reason, before } = record(scene);
      scene.by.goal = pastNoReturn && reason === 'died' ? imageOf(scene.by.rollout, scene.sameImage) : before;
      return save(scene, { goal: scene.by.goal });
    }),
    {
      name: 'gives stable its image',
      on: 'stable',
      look: readStable,
      act: (scene) => writeStable(scene, scene.by.goal === -1 ? goalOf(scene) : scene.by.goal, scene.state.stable.image),
    },
  ],
  FinishRollback: [
    store('ends the rollback', (scene) => {
      adoptRemoval(scene);
      const { goal, reason } = record(scene);
      const promoted = goal === imageOf(scene.by.rollout, scene.sameImage);
      return end(scene, promoted ? 'succeeded' : 'rolledBack', reason === 'against');
    }),
  ],
  FailRollback: [store('gives up, and pages people', (scene) => end(scene, 'failed'))],
  SweepRollback: [
    store('counts the attempt', (scene) => {
      const { state, by } = scene;
      const own = record(scene);
      if (state.lock.holder !== by.rollout || own.phase !== 'rollingBack') return 'ends';
      by.fence = own.fence;
      return save(scene, state.ended.includes(rollbackName(own)) ? { attempt: own.attempt + 1 } : {});
    }),
    start,
  ],
};

/** A rollback that restores the traffic finds out which side is safe. */
function openForRestoring(scene: Scene): boolean {
  const isOwned = ownsRollback(scene);
  scene.by.side = safeSide(scene, record(scene).safeSide);
  return isOwned;
}

/** A rollback takes a fence that was raised for it since, by itself or by a door that it was begun for. */
function ownsRollback(scene: Scene): boolean {
  const { by } = scene;
  const own = record(scene);
  if (!owns(scene) && own.phase === 'rollingBack' && by.fence >= own.doorFence) by.fence = own.fence;
  return owns(scene);
}

export function effectOf({ task, at }: Pick<Process, 'task' | 'at'>): Effect | undefined {
  return tasks[task][at];
}
