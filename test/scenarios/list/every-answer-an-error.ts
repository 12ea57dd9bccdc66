import { judgedAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';

export const everyAnswerAnError: Scenario = {
  name: 'every-answer-an-error',
  title:
    'The canary answers every request with 500 from its first one on: there is no good answer to count, and the analysis tells at once',
  promises: ['T2', 'J1', 'O4'],
  inProcessBecause: judgedAlike,
  versions: { v2: { service: { errorShare: 1 } } },
  spec: { checkout: (usual) => ({ ...usual, analysis: { ...usual.analysis, alarms: [] } }) },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    // A rate needs two scrapes, and the verdict three failed measurements in a row; the hold for no data would be 20 s.
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [10, 0], seconds: [5, 13] }],
    // 4 requests a second go to the canary.
    badAnswers: [8, 30],
  },
  check: ({ rollouts: [rollout] }) => {
    const why = rollout?.record.reason ?? '';
    return why.startsWith('success rate is 0') ? [] : [`rolled back because ${why}`];
  },
};
