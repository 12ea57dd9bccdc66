import type { Scenario } from '../scenario.ts';

export const errorsAtSecondStep: Scenario = {
  name: 'errors-at-second-step',
  title: 'At the second step the canary begins to answer 5xx, and is rolled back by the analysis',
  promises: ['T2', 'T3', 'T4'],
  spec: { checkout: (usual) => ({ ...usual, analysis: { ...usual.analysis, alarms: [] } }) },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    stage.sandbox.fleet.behave('v2', { service: { errorShare: 0.3 } });
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [10, 50, 0] }],
    badAnswers: [5, 60],
  },
};
