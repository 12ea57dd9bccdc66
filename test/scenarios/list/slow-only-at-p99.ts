import { judgedAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';

export const slowOnlyAtP99: Scenario = {
  name: 'slow-only-at-p99',
  title: 'Three answers of a hundred take two seconds; none fails, and the latency metric alone rolls the canary back',
  promises: ['J1', 'T2'],
  inProcessBecause: judgedAlike,
  versions: { v2: { service: { slowShare: 0.03, slowLatencyMs: 2000 } } },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [10, 0] }],
    badAnswers: [0, 0],
  },
  check: ({ rollouts: [rollout] }) => {
    const why = rollout?.record.reason ?? '';
    return why.startsWith('latency p99') ? [] : [`rolled back because ${why}`];
  },
};
