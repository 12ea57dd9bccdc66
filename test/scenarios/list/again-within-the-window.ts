import { judgedAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import { changeQueries } from '../usual.ts';

export const againWithinTheWindow: Scenario = {
  name: 'again-within-the-window',
  title: 'A mended image is pushed at once after a bad one: it is not judged by what the bad one answered a moment ago',
  promises: ['W2', 'J5'],
  inProcessBecause: judgedAlike,
  versions: { v2: { service: { errorShare: 0.5 } } },
  spec: {
    checkout: (usual) => ({
      ...usual,
      analysis: {
        ...usual.analysis,
        alarms: [],
        // A window much longer than the time between the two rollouts.
        metrics: changeQueries(usual.analysis.metrics, (metric) => ({ ...metric, query: metric.query.replaceAll('[10s]', '[30s]') })),
      },
      policies: { ...usual.policies, noData: { hold: '60s' } },
    }),
  },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilState('RolledBack', 1, 'rollback');
    stage.push('v3');
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [
      { rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [10, 0] },
      { rollout: 'checkout', tag: 'v3', phase: 'succeeded', weights: [10, 50, 100, 0] },
    ],
    badAnswers: [1, 20],
    stable: { checkout: 'v3' },
  },
};
