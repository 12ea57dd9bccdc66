import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { judgedAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import { toldBy } from '../told.ts';

/** A bake that is longer than the ten seconds over which the metrics are taken, so that they run empty within it. */
const longBakes = (usual: RolloutSpecSource): RolloutSpecSource => ({
  ...usual,
  steps: [
    { weight: 10, bake: '10s' },
    { weight: 50, bake: '25s' },
    { weight: 100, bake: '10s' },
  ],
});

export const noTrafficAtAll: Scenario = {
  name: 'no-traffic-at-all',
  title: 'Nobody sends a request: that is never a pass, and after the hold the canary is taken away',
  promises: ['J1', 'J3', 'J4', 'W1'],
  inProcessBecause: judgedAlike,
  requestsPerSecond: 0,
  story: async (stage) => {
    stage.push('v2');
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'inconclusive', weights: [10, 0], seconds: [20, 27] }],
    badAnswers: [0, 0],
  },
  check: ({ rollouts: [rollout] }) => (rollout?.record.watch?.bakedMs === 0 ? [] : ['time without traffic counted as a bake']),
};

export const trafficStopsAndReturns: Scenario = {
  name: 'traffic-stops-and-returns',
  title: 'Traffic stops in the middle of a bake and returns within the hold: the bake waits for it, and the rollout succeeds',
  promises: ['J1', 'J4'],
  inProcessBecause: judgedAlike,
  requestsPerSecond: 20,
  spec: { checkout: longBakes },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(3);
    stage.loadOf().setRate(0);
    await stage.sleep(24);
    stage.loadOf().setRate(20);
    await stage.untilState('Succeeded');
  },
  expected: {
    // The bakes take 45 s; traffic is missing for 24 s, of which the metrics' window covers ten.
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0], seconds: [60, 75] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
};

export const trafficStopsForGood: Scenario = {
  name: 'traffic-stops-for-good',
  title: 'Traffic stops in the middle of a bake and does not return: the pass is withdrawn, and after the hold the canary goes',
  promises: ['J1', 'J4', 'W1'],
  inProcessBecause: judgedAlike,
  requestsPerSecond: 20,
  spec: { checkout: longBakes },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(3);
    stage.loadOf().setRate(0);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    // 13 s until the metrics run empty, 20 s of hold.
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'inconclusive', weights: [10, 50, 0], seconds: [44, 54] }],
    badAnswers: [0, 0],
  },
};

export const resumedWithoutTraffic: Scenario = {
  name: 'resumed-without-traffic',
  title: 'Nobody sends a request, and the spec says to pause: whoever resumes gives it one more hold, and then it is paused again',
  promises: ['W1', 'P1', 'J3'],
  needs: ['exactTime'],
  requestsPerSecond: 0,
  spec: {
    checkout: (usual) => ({
      ...usual,
      policies: { ...usual.policies, noData: { hold: '20s', onDeadline: 'pause' } },
      deadlines: { ...usual.deadlines, rollout: '3m' },
    }),
  },
  story: async (stage) => {
    const pauses = (count: number) => () =>
      toldBy(stage.sandbox).filter(({ detail }) => detail['transition'] === 'paused').length === count;
    stage.push('v2');
    await stage.until('the first pause', pauses(1), 60);
    await stage.sleep(10);
    await stage.call('Operate', { rollout: 'checkout', action: 'resume', by: 'ada' });
    await stage.untilPhase('progressing', 'checkout', 5);
    await stage.until('the second pause', pauses(2), 60);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'timeout', weights: [10, 0], seconds: [180, 190] }],
    badAnswers: [0, 0],
  },
  check: ({ rollouts: [rollout] }, { sandbox }) => {
    const [first, second] = toldBy(sandbox).filter(({ detail }) => detail['transition'] === 'paused');
    const seconds = ((second?.atMs ?? Number.NaN) - (first?.atMs ?? 0)) / 1000;
    const resumed = rollout?.history.find(({ what }) => what === 'resume')?.reason;
    return [
      // Ten seconds until the resume, and a hold of twenty; machines that have much to do take longer.
      ...(seconds >= 30 && seconds <= 40 ? [] : [`it was paused again after ${seconds} s`]),
      ...(resumed === 'ada' ? [] : [`the resume was noted as ${resumed}`]),
    ];
  },
};
