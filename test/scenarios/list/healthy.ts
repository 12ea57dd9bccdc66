import type { Scenario } from '../scenario.ts';

export const healthy: Scenario = {
  name: 'healthy',
  title: 'A healthy image goes to full weight and is promoted; nobody notices',
  promises: ['T1', 'T5', 'J6'],
  story: async (stage) => {
    stage.push('v2');
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
};
