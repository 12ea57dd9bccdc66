import { describe, expect, it } from 'vitest';
import { type Exploration, explore } from './explore.ts';
import { type Bounds, modelOf } from './model.ts';
import { codeAsItIs, everything, type Switches, without } from './switches.ts';

const oneStep = { steps: 1 } as const;
const twoRollouts = { rollouts: 2, steps: 1 } as const;

/** All that may happen is explored within each of these. */
const bounds: Readonly<Record<string, Bounds>> = {
  'one rollout of two steps, one fault and one alarm': { faults: 1, alarms: 1 },
  'one rollout of one step, two faults': { ...oneStep, faults: 2, alarms: 0 },
  'one rollout of one step, one fault and one alarm, and a store that does not answer': {
    ...oneStep,
    faults: 1,
    alarms: 1,
    storeFails: true,
  },
  'one rollout of one step, two faults, and a store that does not answer': { ...oneStep, faults: 2, alarms: 0, storeFails: true },
  'one rollout of two steps whose execution is stopped, or stalls, and goes on later': { faults: 1, alarms: 0, redrives: true },
  'two rollouts of one step, one fault': { ...twoRollouts, faults: 1, alarms: 0 },
  'two rollouts of one step, one alarm': { ...twoRollouts, faults: 0, alarms: 1 },
  'one image that is pushed twice, one alarm': { ...twoRollouts, faults: 0, alarms: 1, sameImage: true },
};

/** Nothing but counting goes on in there, however fast the machine is. */
const timeout = 600_000;

function tell(title: string, { states, moves, depth, counterexample }: Exploration): void {
  const found = counterexample === undefined ? [] : [`  ${counterexample.broken}:`, ...counterexample.story.map((line) => `    ${line}`)];
  console.log([`${title}: ${states} states, ${moves} moves, the farthest ${depth} away`, ...found].join('\n'));
}

describe('fence, lock, doors, sweep and promotion', () => {
  it.each(Object.entries(bounds))('keep T1, T3, O1 and O3 whatever happens: %s', { timeout }, (title, within) => {
    const explored = explore(modelOf(within));
    tell(title, explored);
    expect(explored.counterexample).toBeUndefined();
  });
});

/** Within the bounds nothing is missed without these, as long as all others are there. */
const covered = ['raisesBeforeRemoval'] as const;

/** For each switch the bounds within which it is missed, what is broken, and by whom or what in the last line of the story. */
const missed: Readonly<Record<Exclude<keyof Switches, (typeof covered)[number]>, readonly [Bounds, RegExp, RegExp]>> = {
  fence: [{ ...oneStep, faults: 1, alarms: 0 }, /^T3/, /late SetWeight of execution 1, paused until now, writes the weight/],
  tombstone: [{ ...oneStep, faults: 1, alarms: 0 }, /^T3/, /late SetWeight of execution 1, paused until now, writes the weight/],
  safeSplit: [{ ...oneStep, faults: 1, alarms: 0 }, /^T1: stable/, /writes the safe split/],
  lock: [{ ...twoRollouts, faults: 0, alarms: 0 }, /^O1/, /execution 2 takes the lock/],
  lease: [{ ...oneStep, faults: 1, alarms: 0 }, /^O3/, /execution 1 stalls/],
  sweep: [{ ...oneStep, faults: 1, alarms: 0 }, /^O3/, /execution 1 is stopped/],
  ownedWrites: [{ ...oneStep, faults: 1, alarms: 0 }, /^T3/, /late PromoteStable/],
  fenceOnStable: [{ ...oneStep, faults: 0, alarms: 1 }, /^T1: stable/, /gives all traffic to stable/],
  quarantine: [{ ...twoRollouts, faults: 0, alarms: 1, sameImage: true }, /^O4/, /execution 2 takes the lock/],
  raisesBeforePromotion: [
    { ...oneStep, faults: 1, alarms: 0 },
    /^T1: stable/,
    /late Begin of execution 1, paused until now, claims the route/,
  ],
  doorGivesWay: [{ ...oneStep, faults: 1, alarms: 0 }, /^O3.*late/, /writes the safe split/],
  neverRaises: [{ ...oneStep, faults: 1, alarms: 1, storeFails: true }, /^T3/, /rollback 3-1 writes the safe split/],
  fencedCreate: [{ ...oneStep, faults: 1, alarms: 0 }, /^O3/, /late DeployCanary of execution 1, paused until now, makes the canary/],
  versionedDelete: [{ ...twoRollouts, faults: 1, alarms: 0 }, /^O1/, /removes the canary/],
  rollingStable: [{ ...oneStep, faults: 0, alarms: 1 }, /^T1: stable/, /gives stable its image/],
  endIsRemembered: [{ ...oneStep, faults: 1, alarms: 0 }, /taken over/, /execution 1 raises the fence/],
};

describe('what keeps the promises', () => {
  it.each(Object.entries(missed))('is missed where it is taken out: %s', { timeout }, (name, [within, broken, last]) => {
    const explored = explore(modelOf({ ...within, on: without(name as keyof Switches) }));
    tell(`without ${name}`, explored);
    expect(explored.counterexample?.broken).toMatch(broken);
    expect(explored.counterexample?.story.at(-1)).toMatch(last);
  });

  it('is all in the list', () => {
    expect([...Object.keys(missed), ...covered].sort()).toEqual(Object.keys(everything).sort());
  });
});

describe('the code as it is', () => {
  it('keeps T1, T3, O1 and O3 where nothing fails and no alarm fires', () => {
    expect(explore(modelOf({ ...twoRollouts, faults: 0, alarms: 0, on: codeAsItIs })).counterexample).toBeUndefined();
  });
});
