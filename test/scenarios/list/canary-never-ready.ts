import { clusterAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';

export const canaryNeverReady: Scenario = {
  name: 'canary-never-ready',
  title: 'The canary never becomes ready: no request reaches it, and at the deadline it is taken away',
  promises: ['T1', 'T4', 'W1'],
  inProcessBecause: clusterAlike,
  versions: { v2: { pod: { readyAfterMs: 'never' } } },
  requestsPerSecond: 20,
  story: async (stage) => {
    stage.push('v2');
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'timeout', weights: [], seconds: [60, 70] }],
    badAnswers: [0, 0],
  },
};
