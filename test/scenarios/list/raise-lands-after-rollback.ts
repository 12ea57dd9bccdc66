import { givesCanary, harm } from '../harm.ts';
import { clusterAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';

let raises = () => 0;

export const raiseLandsAfterRollback: Scenario = {
  name: 'raise-lands-after-rollback',
  title: 'The first raise is accepted and made only after the rollback: the weights that it tests still hold, the fence does not',
  promises: ['T3'],
  inProcessBecause: clusterAlike,
  requestsPerSecond: 20,
  story: async (stage) => {
    raises = harm(stage, givesCanary(10), { kind: 'delayedWrite', delayMs: 8000 }, Number.POSITIVE_INFINITY).count;
    stage.push('v2');
    await stage.until('the first raise', () => raises() > 0);
    await stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'second thoughts' });
    await stage.untilState('RolledBack', 1, 'rollback');
    await stage.sleep(10);
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'abort', weights: [], seconds: [2, 8] }],
    badAnswers: [0, 0],
  },
};
