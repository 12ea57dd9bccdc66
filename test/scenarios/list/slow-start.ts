import { clusterAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';

export const slowStart: Scenario = {
  name: 'slow-start',
  title: 'Every pod needs half a minute to become ready: the rollout waits for each, and succeeds',
  promises: ['T1', 'W1'],
  inProcessBecause: clusterAlike,
  versions: { v2: { pod: { readyAfterMs: 30_000 } } },
  requestsPerSecond: 20,
  // Stable is replaced pod by pod, so that its promotion takes several starts.
  spec: { checkout: (usual) => ({ ...usual, deadlines: { ...usual.deadlines, ready: '4m' } }) },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilState('Succeeded');
  },
  expected: {
    // Three bakes of 10 s, the canary's pods of each step 30 s, and stable's four in turns of 30 s.
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0], seconds: [180, 270] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
};
