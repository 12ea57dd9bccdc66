import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { clusterAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import { changeQueries } from '../usual.ts';

/** Without the alarm: the few requests that a crash itself costs may be enough for it. */
const unalarmed = (usual: RolloutSpecSource): RolloutSpecSource => ({ ...usual, analysis: { ...usual.analysis, alarms: [] } });

/**
 * Where the pods are what is judged, with `hold` for them. How many requests a crash costs is a matter of how soon the mesh hears of it, and
 * as the windows of successive looks overlap, it may be three looks that one crash fails.
 */
const judgedByPods =
  (hold: string) =>
  (usual: RolloutSpecSource): RolloutSpecSource => {
    const { analysis, policies, ...rest } = unalarmed(usual);
    const metrics = changeQueries(analysis.metrics, (metric) => (metric.min === undefined ? metric : { ...metric, min: 0.5 }));
    return { ...rest, analysis: { ...analysis, metrics }, policies: { ...policies, noData: { hold } } };
  };

export const canaryCrashesDuringBake: Scenario = {
  name: 'canary-crashes-during-bake',
  title: "The canary's only pod crashes during the first bake; the canary has no ready endpoint, and that is enough",
  promises: ['T1', 'T2'],
  inProcessBecause: clusterAlike,
  versions: { v2: { pod: { readyAfterMs: 1000, crashAfterMs: 7000 } } },
  spec: { checkout: unalarmed },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [10, 0], seconds: [8, 12] }],
    // 4 requests a second go to the canary, for at most one interval.
    badAnswers: [1, 6],
  },
  check: ({ rollouts: [rollout] }) => {
    const why = rollout?.record.reason ?? '';
    return why.startsWith('The canary has no ready endpoint') ? [] : [`rolled back because ${why}`];
  },
};

export const canaryHangsUp: Scenario = {
  name: 'canary-hangs-up',
  title: 'At weight 50 every connection to the canary is reset, though its pods say that they are ready: the success rate tells',
  promises: ['T2', 'J5'],
  inProcessBecause: clusterAlike,
  requestsPerSecond: 20,
  spec: { checkout: unalarmed },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    await stage.sleep(4);
    stage.sandbox.fleet.behave('v2', { service: { crashed: true } });
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [10, 50, 0] }],
    // 10 requests a second go to the canary, for three failed measurements in a row.
    badAnswers: [30, 45],
  },
  check: ({ rollouts: [rollout] }) => {
    const why = rollout?.record.reason ?? '';
    return why.startsWith('success rate') ? [] : [`rolled back because ${why}`];
  },
};

export const canaryPodKeepsCrashing: Scenario = {
  name: 'canary-pod-keeps-crashing',
  title: 'One of two pods crashes again and again, the other answers: the step is held, and given up when it is held too long',
  promises: ['T1', 'W1'],
  inProcessBecause: clusterAlike,
  requestsPerSecond: 20,
  // The kubelet waits 10 s before the first restart and 20 s before the second: the hold lies between.
  spec: { checkout: judgedByPods('15s') },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(10);
    // Counts for pods that start from now on: the second one.
    stage.sandbox.fleet.behave('v2', { pod: { readyAfterMs: 1000, crashAfterMs: 3000 } });
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'inconclusive', weights: [10, 50, 0] }],
    badAnswers: [0, 4],
  },
};

export const canaryPodCrashesInTurns: Scenario = {
  name: 'canary-pod-crashes-in-turns',
  title: 'One of two pods crashes again and again, and passes while it is up: what it passed in between adds up to no bake',
  promises: ['T1', 'W1', 'J3'],
  inProcessBecause: clusterAlike,
  requestsPerSecond: 20,
  // Seven seconds up, then 10, 20 and 40 s of back-off: no down-time is as long as the hold, and no up-time as long as the bake.
  spec: { checkout: judgedByPods('50s') },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(10);
    stage.sandbox.fleet.behave('v2', { pod: { readyAfterMs: 1000, crashAfterMs: 8000 } });
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    // The step is given its hold and a whole bake from the first crash on: 60 s.
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'inconclusive', weights: [10, 50, 0], seconds: [75, 90] }],
    badAnswers: [0, 8],
  },
  check: ({ rollouts: [rollout] }) => {
    const why = rollout?.record.reason ?? '';
    return why.includes('have not stayed up for a bake of 10s since') ? [] : [`rolled back because ${why}`];
  },
};
