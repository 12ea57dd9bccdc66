import { clusterAlike } from '../in-process.ts';
import { onOutsideEdit, replaceRouteFromGit, setWeights } from '../outsider.ts';
import type { Scenario } from '../scenario.ts';

/** The interval of the usual spec, and the time that a look and a write may take. */
const oneIntervalSeconds = 1.5;

const common = { requestsPerSecond: 20 } as const;

export const outsideWeightRestored: Scenario = {
  ...common,
  name: 'outside-edit-of-weight-restored',
  title: 'Somebody else writes the weights; within one interval they are put right, and the rollout succeeds',
  promises: ['T6'],
  needs: ['exactTime'],
  spec: { checkout: onOutsideEdit('restore') },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(4);
    setWeights(stage, 70, 30);
    await stage.untilWeight(50, 'checkout', oneIntervalSeconds);
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 30, 50, 100, 0] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
};

export const outsideReplaceRestored: Scenario = {
  ...common,
  name: 'outside-replace-restored',
  title: "Somebody replaces the VirtualService by Git's, fence and canary and all; it is put right within one interval",
  promises: ['T4', 'T6'],
  needs: ['exactTime'],
  spec: { checkout: onOutsideEdit('restore') },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(4);
    replaceRouteFromGit(stage);
    await stage.untilWeight(50, 'checkout', oneIntervalSeconds);
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 0, 50, 100, 0] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
};

export const outsideWeightHaltedAndResumed: Scenario = {
  ...common,
  name: 'outside-edit-of-weight-halted-and-resumed',
  title: 'Somebody else writes the weights; the rollout stops there until a person resumes it, and then puts them right',
  promises: ['T6'],
  needs: ['exactTime'],
  spec: { checkout: onOutsideEdit('halt') },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(4);
    setWeights(stage, 70, 30);
    await stage.untilPhase('paused', 'checkout', oneIntervalSeconds);
    await stage.sleep(30);
    await stage.call('Operate', { rollout: 'checkout', action: 'resume', by: 'ada', why: 'that was me' });
    await stage.untilWeight(50, 'checkout', oneIntervalSeconds);
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 30, 50, 100, 0], seconds: [60, 78] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
};

export const outsideWeightHaltedTwice: Scenario = {
  ...common,
  name: 'outside-edit-of-weight-halted-twice',
  title: 'A person resumes after one outside edit; the next one stops the rollout again',
  promises: ['T6'],
  needs: ['exactTime'],
  spec: { checkout: onOutsideEdit('halt') },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    for (const canary of [30, 20]) {
      await stage.sleep(2);
      setWeights(stage, 100 - canary, canary);
      await stage.untilPhase('paused', 'checkout', oneIntervalSeconds);
      await stage.sleep(5);
      await stage.call('Operate', { rollout: 'checkout', action: 'resume', by: 'ada', why: 'go on' });
      await stage.untilWeight(50, 'checkout', oneIntervalSeconds);
    }
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 30, 50, 20, 50, 100, 0] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
};

export const outsideWeightHaltedForGood: Scenario = {
  ...common,
  name: 'outside-edit-of-weight-halted-for-good',
  title: 'Somebody else writes the weights and nobody resumes: at the deadline of the rollout it is rolled back',
  promises: ['T6', 'W1'],
  needs: ['exactTime'],
  spec: {
    checkout: (usual) => {
      const halting = onOutsideEdit('halt')(usual);
      return { ...halting, deadlines: { ...halting.deadlines, rollout: '2m' } };
    },
  },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(4);
    setWeights(stage, 70, 30);
    await stage.untilPhase('paused', 'checkout', oneIntervalSeconds);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'timeout', weights: [10, 50, 30, 0], seconds: [120, 125] }],
    badAnswers: [0, 0],
  },
};

export const outsideWeightAborted: Scenario = {
  ...common,
  name: 'outside-edit-of-weight-aborted',
  title: 'Somebody else writes the weights: within one interval the rollout gives way',
  promises: ['T6'],
  needs: ['exactTime'],
  spec: { checkout: onOutsideEdit('abort') },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(4);
    setWeights(stage, 70, 30);
    await stage.untilWeight(0, 'checkout', oneIntervalSeconds);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'drift', weights: [10, 50, 30, 0] }],
    badAnswers: [0, 0],
  },
};

export const outsiderFightsOn: Scenario = {
  ...common,
  name: 'outsider-fights-on',
  title: 'GitOps writes its own route every two seconds: three times it is put right, then the rollout gives way',
  promises: ['T4', 'T6'],
  inProcessBecause: clusterAlike,
  spec: { checkout: onOutsideEdit('restore') },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    for (let round = 0; round < 10; round += 1) {
      await stage.sleep(2);
      replaceRouteFromGit(stage);
    }
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'drift', weights: [10, 50, 0, 50, 0, 50, 0, 50, 0] }],
    badAnswers: [0, 0],
  },
};
