import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { judgedAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import { untilRolledBack, untilSucceeded } from '../stories.ts';

const longBakes: RolloutSpecSource['steps'] = [
  { weight: 10, bake: '5m' },
  { weight: 50, bake: '5m' },
  { weight: 100, bake: '10s' },
];

const budgeted =
  (budget: number, change: Partial<RolloutSpecSource> = {}) =>
  (usual: RolloutSpecSource): RolloutSpecSource => ({
    ...usual,
    ...change,
    analysis: { ...usual.analysis, alarms: [], metrics: ['successRate'], budget },
  });

const paced = {
  steps: longBakes,
  pace: { evidence: { minimumBake: '10s' } },
  deadlines: { ready: '60s', drain: '2s', rollout: '1h' },
} as const;

export const paceByEvidence: readonly Scenario[] = [
  {
    name: 'pace-by-evidence',
    title: 'Steps bake up to five minutes, and are left as soon as what the next one may cost fits the budget',
    promises: ['J6'],
    inProcessBecause: judgedAlike,
    spec: { checkout: budgeted(200, paced) },
    story: untilSucceeded,
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0], seconds: [40, 100] }],
      stable: { checkout: 'v2' },
      badAnswers: [0, 0],
    },
  },
  {
    name: 'pace-never-sooner-than-the-budget',
    title: 'A small budget keeps a step for longer: so little evidence does not say that the next one fits',
    promises: ['J6'],
    inProcessBecause: judgedAlike,
    spec: { checkout: budgeted(5, { ...paced, steps: longBakes.map((step) => ({ ...step, bake: step.weight === 100 ? '10s' : '1m' })) }) },
    story: untilSucceeded,
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0], seconds: [100, 140] }],
      stable: { checkout: 'v2' },
      badAnswers: [0, 0],
    },
  },
  {
    name: 'budget-spent',
    title: 'A few answers of a hundred fail, too few for the evidence; once they have cost what the rollout may cost, it is rolled back',
    promises: ['J5', 'T2'],
    inProcessBecause: judgedAlike,
    spec: { checkout: budgeted(2) },
    versions: { v2: { service: { errorShare: 0.04 } } },
    story: untilRolledBack,
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [10, 0] }],
      badAnswers: [1, 12],
    },
    check: ({ rollouts: [rollout] }) =>
      rollout?.record.reason?.includes('the budget of 2 is spent') ? [] : [`rolled back because ${rollout?.record.reason}`],
  },
];
