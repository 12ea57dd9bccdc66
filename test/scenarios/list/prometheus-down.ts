import { judgedAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';

export const prometheusDownForOneInterval: Scenario = {
  name: 'prometheus-down-for-one-interval',
  title: 'Prometheus does not answer for two seconds: nothing is aborted, the rollout only takes longer',
  promises: ['J2'],
  inProcessBecause: judgedAlike,
  requestsPerSecond: 20,
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(9);
    stage.sandbox.prometheus.faults.down = true;
    await stage.sleep(2);
    stage.sandbox.prometheus.faults.down = false;
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
  check: ({ splits }) => {
    const atMs = (weight: number) => splits.find(({ canary }) => canary === weight)?.atMs ?? 0;
    const seconds = (atMs(100) - atMs(50)) / 1000;
    return seconds > 11 && seconds < 16 ? [] : [`the step took ${seconds} s, expected more than the bake and a pod's start, 11 s`];
  },
};

export const prometheusDownForGood: Scenario = {
  name: 'prometheus-down-for-good',
  title: 'Prometheus does not answer any more: the weight stays where it is for the hold, and only then the canary goes',
  promises: ['J2', 'J3', 'W1'],
  inProcessBecause: judgedAlike,
  requestsPerSecond: 20,
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(5);
    stage.sandbox.prometheus.faults.down = true;
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'error', weights: [10, 50, 0] }],
    badAnswers: [0, 0],
  },
  check: ({ splits }) => {
    const given = splits.findIndex(({ canary }) => canary === 50);
    const taken = splits.findIndex(({ canary }, index) => index > given && canary !== 50);
    const heldSeconds = ((splits[taken]?.atMs ?? 0) - (splits[given]?.atMs ?? 0)) / 1000;
    return heldSeconds >= 25 && heldSeconds <= 27 ? [] : [`weight 50 was held for ${heldSeconds} s, expected 5 s and the hold of 20 s`];
  },
};

export const prometheusFlapsWithoutTraffic: Scenario = {
  name: 'prometheus-flaps-without-traffic',
  title: 'There is no traffic, and Prometheus answers only every other five seconds: the two holds together bound it',
  promises: ['J1', 'J2', 'W1'],
  inProcessBecause: judgedAlike,
  requestsPerSecond: 0,
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(10);
    const { faults } = stage.sandbox.prometheus;
    // Stops well before the deadline of the rollout, ten minutes.
    for (let turn = 0; turn < 30; turn += 1) {
      await stage.sleep(5);
      faults.down = !faults.down;
    }
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'inconclusive', weights: [10, 0], seconds: [35, 50] }],
    badAnswers: [0, 0],
  },
};
