import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { clusterAlike, judgedAlike } from '../in-process.ts';
import { checkoutOn } from '../meshes.ts';
import type { Scenario } from '../scenario.ts';
import { untilRolledBack, untilSucceeded } from '../stories.ts';

/** The spec that asks least: no query, no threshold of the service's own. */
const compared = (usual: RolloutSpecSource): RolloutSpecSource => ({
  ...usual,
  analysis: { ...usual.analysis, alarms: [], metrics: ['successRate', { latency: { above: '200ms', share: '1%' } }] },
});

const inProcess = { promises: ['J1', 'J5'], inProcessBecause: judgedAlike, spec: { checkout: compared } } as const;

const promoted = {
  rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
  stable: { checkout: 'v2' },
} as const;

const rolledBackAt = (...weights: readonly number[]) =>
  [
    { rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: weights.length === 0 ? [] : [...weights, 0] },
  ] as const;

const becauseOf =
  (name: string): NonNullable<Scenario['check']> =>
  ({ rollouts: [rollout] }) => {
    const why = rollout?.record.reason ?? '';
    return why.startsWith(`${name}: `) && why.includes('false-alarm level') ? [] : [`rolled back because ${why}`];
  };

export const comparedWithStable: readonly Scenario[] = [
  {
    ...inProcess,
    inProcessBecause: clusterAlike,
    name: 'compared-as-bad-as-stable',
    title: 'Three answers of a hundred fail, and slow ones come, on both sides alike: the new version is no worse, and is promoted',
    versions: {
      v1: { service: { errorShare: 0.03, slowShare: 0.05, slowLatencyMs: 2000 } },
      v2: { service: { errorShare: 0.03, slowShare: 0.05, slowLatencyMs: 2000 } },
    },
    story: untilSucceeded,
    expected: { ...promoted, badAnswers: [1, 1000] },
  },
  {
    ...inProcess,
    inProcessBecause: clusterAlike,
    name: 'compared-errors',
    title:
      'Ten answers of a hundred fail where stable fails none: the canary is rolled back by the comparison, which says by how much it is worse',
    promises: ['J5', 'T2'],
    versions: { v2: { service: { errorShare: 0.1 } } },
    story: untilRolledBack,
    expected: { rollouts: rolledBackAt(10), badAnswers: [1, 60] },
    check: becauseOf('successRate'),
  },
  {
    ...inProcess,
    inProcessBecause: clusterAlike,
    name: 'compared-slow',
    title: 'One answer of five takes two seconds and none fails: the latency alone rolls the canary back',
    promises: ['J5', 'T2'],
    versions: { v2: { service: { slowShare: 0.2, slowLatencyMs: 2000 } } },
    story: untilRolledBack,
    expected: { rollouts: rolledBackAt(10), badAnswers: [0, 0] },
    check: becauseOf('latency'),
  },
  {
    ...inProcess,
    name: 'compared-in-doubt',
    title: 'A few answers of a hundred fail: too few to roll back after one bake, so the step is baked twice before users get more of it',
    promises: ['J5', 'T2'],
    versions: { v2: { service: { errorShare: 0.08 } } },
    story: untilRolledBack,
    expected: { rollouts: rolledBackAt(10), badAnswers: [1, 60] },
    check: ({ rollouts: [rollout] }) => ((rollout?.record.watch?.bakedMs ?? 0) > 10_000 ? [] : ['it was never in doubt']),
  },
  {
    ...inProcess,
    name: 'compared-late-errors',
    title: 'The canary turns bad at the second step: what it did well before does not protect it',
    promises: ['J5', 'T2'],
    story: async (stage) => {
      stage.push('v2');
      await stage.untilWeight(50);
      stage.sandbox.fleet.behave('v2', { service: { errorShare: 0.3 } });
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: { rollouts: rolledBackAt(10, 50), badAnswers: [5, 300] },
    check: becauseOf('successRate'),
  },
  {
    ...inProcess,
    name: 'compared-every-answer-bad',
    title: 'Every answer of the canary fails: it is not waited for',
    promises: ['J3', 'T2'],
    versions: { v2: { service: { errorShare: 1 } } },
    story: untilRolledBack,
    expected: { rollouts: rolledBackAt(10), badAnswers: [1, 120] },
    check: becauseOf('successRate'),
  },
  {
    ...inProcess,
    name: 'compared-burst-on-both-sides',
    title: 'For five seconds a third of all answers fail, whichever version gives them: that says nothing against the new one',
    promises: ['J2', 'J5'],
    story: async (stage) => {
      stage.push('v2');
      await stage.untilWeight(50);
      await stage.sleep(4);
      for (const tag of ['v1', 'v2']) stage.sandbox.fleet.behave(tag, { service: { errorShare: 0.3 } });
      await stage.sleep(5);
      for (const tag of ['v1', 'v2']) stage.sandbox.fleet.behave(tag, { service: { errorShare: 0 } });
      await stage.untilState('Succeeded');
    },
    expected: { ...promoted, badAnswers: [5, 1000] },
  },
  {
    ...inProcess,
    name: 'compared-by-copies',
    title: 'The canary is first sent copies, of which it fails half: it is rolled back before a user gets an answer of it',
    promises: ['J5', 'T2'],
    services: checkoutOn('gatewayApi'),
    spec: {
      checkout: (usual) => ({
        ...compared(usual),
        steps: [
          { mirror: 50, bake: '10s' },
          { weight: 100, bake: '10s' },
        ],
      }),
    },
    versions: { v2: { service: { errorShare: 0.5 } } },
    story: untilRolledBack,
    expected: { rollouts: rolledBackAt(), badAnswers: [0, 0] },
    check: becauseOf('successRate'),
  },
  {
    ...inProcess,
    name: 'compared-without-traffic',
    title: 'Nobody sends a request: there is nothing to compare, and after the hold the canary is taken away',
    promises: ['J1', 'J3', 'J4', 'W1'],
    requestsPerSecond: 0,
    story: untilRolledBack,
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'inconclusive', weights: [10, 0], seconds: [20, 27] }],
      badAnswers: [0, 0],
    },
    check: ({ rollouts: [rollout] }) => (rollout?.record.watch?.bakedMs === 0 ? [] : ['time without traffic counted as a bake']),
  },
];
