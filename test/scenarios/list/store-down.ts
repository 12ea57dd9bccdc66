import { HandAlarm, judgedByHand } from '../by-hand.ts';
import type { Scenario } from '../scenario.ts';

export const storeDownForSeconds: Scenario = {
  name: 'store-down-for-seconds',
  title: 'The store does not answer for three seconds in the middle of a step: the step is tried again, and goes on',
  promises: ['W2'],
  needs: ['mishaps'],
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(2);
    stage.mishaps.storeDown = true;
    await stage.sleep(3);
    stage.mishaps.storeDown = false;
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
};

export const storeDownForMinutes: Scenario = {
  name: 'store-down-for-minutes',
  title: 'The store does not answer for two minutes: the rollout gives up, the door writes the tombstone without it, and the rest follows',
  promises: ['O3', 'T2', 'T3'],
  needs: ['mishaps'],
  requestsPerSecond: 10,
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(2);
    stage.mishaps.storeDown = true;
    await stage.untilWeight(0);
    await stage.sleep(20);
    stage.mishaps.storeDown = false;
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    // The sweep, which comes round when it comes round, finds a lease that ran out.
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'error', orReason: 'timeout', weights: [10, 50, 0] }],
    badAnswers: [0, 0],
  },
};

export const storeDownAtTheAlarm: Scenario = {
  name: 'store-down-at-the-alarm',
  title: 'The store does not answer when the alarm fires: its event is delivered again until the door can do its work',
  promises: ['O2', 'O3', 'T2'],
  needs: ['mishaps'],
  spec: {
    checkout: (usual) => ({
      ...judgedByHand(usual),
      steps: [
        { weight: 50, bake: '90s' },
        { weight: 100, bake: '10s' },
      ],
    }),
  },
  story: async (stage) => {
    const alarm = HandAlarm.make(stage);
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(2);
    stage.mishaps.storeDown = true;
    await alarm.set('ALARM');
    await stage.sleep(5);
    stage.mishaps.storeDown = false;
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [50, 0] }],
    badAnswers: [0, 0],
  },
};

export const storeDownInPromotion: Scenario = {
  name: 'store-down-in-the-promotion',
  title: 'The store does not answer while stable takes the new image: the door holds the traffic on the canary without it',
  promises: ['O3', 'T1', 'T3'],
  needs: ['mishaps'],
  requestsPerSecond: 10,
  spec: { checkout: (usual) => ({ ...usual, deadlines: { ...usual.deadlines, ready: '10m' } }) },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(100);
    stage.sandbox.fleet.behave('v2', { pod: { readyAfterMs: 90_000 } });
    await stage.untilState('AwaitStable');
    stage.mishaps.storeDown = true;
    // The promotion raised the fence once, and the door does so once more.
    await stage.until('the tombstone', () => stage.witness.changes.at(-1)?.fence === 3);
    await stage.sleep(5);
    stage.mishaps.storeDown = false;
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
};
