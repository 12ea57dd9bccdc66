import type { Side } from '../../core/traffic/split.ts';
import type { Task } from './machines.ts';

/** The canary's share: none, the first step's, all. */
export type Weight = 0 | 1 | 2;
/** 1 came first; 2 is pushed meanwhile or afterwards. */
export type RolloutNumber = 1 | 2;
/** What stable ran before (0), and the image of each rollout. Two rollouts may have the same one. */
export type Image = 0 | 1 | 2;

export type Phase = 'none' | 'progressing' | 'promoting' | 'rollingBack' | 'succeeded' | 'rolledBack' | 'failed';

/** Why a rollback is fired: something speaks against the image, or an execution merely died or ran out of time. */
export type Reason = 'none' | 'against' | 'died';

/** A rollout's record, as far as anything depends on it. */
export interface RolloutRecord {
  phase: Phase;
  fence: number;
  weight: Weight;
  safeSide: Side;
  pastNoReturn: boolean;
  /** What stable ran when it began. */
  before: Image;
  goal: Image | -1;
  reason: Reason;
  doorFence: number;
  attempt: number;
  /** The fence was raised for the removal of the canary. */
  removing: boolean;
}

/** What a patch was computed from, by a Lambda that is paused between its read and its write. */
export interface Hand {
  readonly fence: number;
  readonly what: number;
}

/** A Lambda that runs, with the execution that waits for it, where one does. */
export interface Process {
  /** Who it is, in stories: `execution 1`, `rollback 2-1`, `alarm`, `late SetWeight`. */
  readonly id: string;
  machine: 'rollout' | 'rollback' | 'door';
  task: Task;
  /** Which of the task's effects comes next. */
  at: number;
  readonly rollout: RolloutNumber;
  fence: number;
  step: 0 | 1;
  /** Of a door: where it sends everything. */
  side: Side;
  /** Of an execution: the safe side as its payload tells it. */
  payloadSide: Side;
  /** Of RestoreStable: the image that it gives. */
  goal: Image | -1;
  /** Of a door: what for. */
  reason: Reason;
  /** Of a rollback: whether traffic may rest where it is. Of a rollout: whether the weight is to be put right. */
  outcome: '' | 'returned' | 'held' | 'restore';
  paused: boolean;
  /** The execution itself goes nowhere, whatever its machine says. */
  hung: boolean;
  /** What it had read of the store is still so. */
  fresh: boolean;
  hand: Hand | undefined;
}

export interface State {
  lock: { fence: number; holder: RolloutNumber | 0 };
  records: [RolloutRecord, RolloutRecord];
  route: { weight: Weight; fence: number };
  stable: { image: Image; settled: boolean; ready: boolean; fence: number };
  /** `uid` is of the object, `grave` the newest fence under which it was removed. */
  canary: { of: RolloutNumber | 0; size: Weight; ready: Weight; fence: number; uid: number; grave: number };
  processes: Process[];
  /** Executions of the rollback machine that were started and have ended, by name. */
  ended: string[];
  /** How the executions of the rollout machine ended. */
  executions: ['none' | 'running' | 'dead' | 'succeeded' | 'ignored', 'none' | 'running' | 'dead' | 'succeeded' | 'ignored'];
  left: { faults: number; alarms: number };
  quarantined: boolean[];
  /** Whether a door has been at the route of a rollout, and which rollout claimed it last: for the properties. */
  rolledBack: [boolean, boolean];
  claimedBy: RolloutNumber | 0;
  /** Something of a canary could not be removed, and people were told. */
  leftToPeople: boolean;
  /** What the last move broke, where it did. */
  broken: string | undefined;
}

function blankRecord(): RolloutRecord {
  return {
    phase: 'none',
    fence: 0,
    weight: 0,
    safeSide: 'stable',
    pastNoReturn: false,
    before: 0,
    goal: -1,
    reason: 'none',
    doorFence: 0,
    attempt: 0,
    removing: false,
  };
}

export function process(id: string, over: Partial<Process> & Pick<Process, 'machine' | 'task' | 'rollout'>): Process {
  return {
    id,
    at: 0,
    fence: 0,
    step: 0,
    side: 'stable',
    payloadSide: 'stable',
    goal: -1,
    reason: 'none',
    outcome: '',
    paused: false,
    hung: false,
    fresh: true,
    hand: undefined,
    ...over,
  };
}

/** A service at rest, whose first image is about to be rolled out. */
export function initialState(left: State['left'], step: Process['step']): State {
  return {
    lock: { fence: 0, holder: 0 },
    records: [blankRecord(), blankRecord()],
    route: { weight: 0, fence: 0 },
    stable: { image: 0, settled: true, ready: true, fence: 0 },
    canary: { of: 0, size: 0, ready: 0, fence: 0, uid: 0, grave: 0 },
    processes: [process('execution 1', { machine: 'rollout', task: 'Begin', rollout: 1, step })],
    ended: [],
    executions: ['running', 'none'],
    left,
    quarantined: [false, false, false],
    rolledBack: [false, false],
    claimedBy: 0,
    leftToPeople: false,
    broken: undefined,
  };
}

export function copy(state: State): State {
  const [first, second] = state.records;
  return {
    ...state,
    lock: { ...state.lock },
    records: [{ ...first }, { ...second }],
    route: { ...state.route },
    stable: { ...state.stable },
    canary: { ...state.canary },
    processes: state.processes.map((each) => ({ ...each })),
    ended: [...state.ended],
    executions: [...state.executions],
    left: { ...state.left },
    quarantined: [...state.quarantined],
    rolledBack: [...state.rolledBack],
    broken: undefined,
  };
}

/** Says all that is in a state, and says it the same way in whatever order its Lambdas were started. */
export function keyOf({ lock, records, route, stable, canary, processes, ended, executions, left, quarantined, ...rest }: State): string {
  const ownership = `${lock.fence} ${lock.holder} ${rest.claimedBy} ${rest.leftToPeople} ${rest.rolledBack} ${quarantined} ${left.faults} ${left.alarms}`;
  const cluster = `${route.weight} ${route.fence} ${stable.image} ${stable.settled} ${stable.ready} ${stable.fence}`;
  const pods = `${canary.of} ${canary.size} ${canary.ready} ${canary.fence} ${canary.uid} ${canary.grave}`;
  const running = processes.length < 2 ? processes.map(keyOfProcess) : processes.map(keyOfProcess).sort();
  return `${ownership}|${cluster}|${pods}|${records.map(keyOfRecord)}|${executions}|${ended}|${running}|${rest.broken ?? ''}`;
}

function keyOfProcess(by: Process): string {
  const held = by.hand === undefined ? '' : `${by.hand.fence}/${by.hand.what}`;
  const told = `${by.step} ${by.side} ${by.payloadSide} ${by.goal} ${by.reason} ${by.outcome}`;
  return `${by.id} ${by.task} ${by.at} ${by.rollout} ${by.fence} ${told} ${by.paused} ${by.hung} ${by.fresh} ${held}`;
}

function keyOfRecord(record: RolloutRecord): string {
  if (record.phase === 'none') return '';
  const { phase, fence, weight, safeSide, pastNoReturn, before, goal, reason, doorFence, attempt, removing } = record;
  return `${phase} ${fence} ${weight} ${safeSide} ${pastNoReturn} ${before} ${goal} ${reason} ${doorFence} ${attempt} ${removing}`;
}

export function recordOf(state: State, rollout: RolloutNumber): RolloutRecord {
  return state.records[rollout - 1] as RolloutRecord;
}

export function isEnded({ phase }: RolloutRecord): boolean {
  return phase === 'succeeded' || phase === 'rolledBack' || phase === 'failed';
}

const shares = ['100/0', '50/50', '0/100'];

/** One line of a story. */
export function describe({ lock, route, stable, canary, records }: State): string {
  const running = records.flatMap(({ phase }, index) => (phase === 'none' ? [] : [`${index + 1} ${phase}`])).join(', ');
  const pods = canary.of === 0 ? 'no canary' : `canary of ${canary.of} ${canary.ready}/${canary.size} ready`;
  const side = `stable runs ${stable.image === 0 ? 'the old image' : `image ${stable.image}`}${stable.ready ? '' : ', not ready'}`;
  return `[store: fence ${lock.fence}, held by ${lock.holder || 'nobody'}; ${running}] [route ${shares[route.weight]} fence ${route.fence}; ${side}; ${pods}]`;
}
