import { likeOthers } from '../in-process.ts';
import type { ExpectedRollout, Scenario } from '../scenario.ts';

type Policy = 'supersede' | 'queue' | 'refuse';

/** 10 for ten seconds, then 100 for five: time enough for a second push. */
const spec = (newImage: Policy): NonNullable<Scenario['spec']> => ({
  checkout: (usual) => ({
    ...usual,
    steps: [
      { weight: 10, bake: '10s' },
      { weight: 100, bake: '5s' },
    ],
    policies: { ...usual.policies, newImage },
  }),
});

const succeeded = (tag: string): ExpectedRollout => ({ rollout: 'checkout', tag, phase: 'succeeded', weights: [10, 100, 0] });
const superseded = (tag: string): ExpectedRollout => ({
  rollout: 'checkout',
  tag,
  phase: 'rolledBack',
  reason: 'superseded',
  weights: [10, 0],
});

function secondImage(policy: Policy, title: string, expected: Omit<Scenario['expected'], 'badAnswers'>): Scenario {
  return {
    name: `second-image-${policy}`,
    title,
    promises: ['O1', 'O2'],
    ...(policy === 'refuse' ? { inProcessBecause: likeOthers('second-image-queue', 'three-images') } : {}),
    spec: spec(policy),
    requestsPerSecond: 10,
    story: async (stage) => {
      stage.push('v2');
      await stage.untilWeight(10);
      await stage.sleep(2);
      stage.push('v3');
      await stage.untilQuiet();
      // Long enough for the sweep to look for pushes that nobody dealt with.
      await stage.sweeps(1);
    },
    expected: { ...expected, badAnswers: [0, 0] },
  };
}

export const secondImages = [
  secondImage('supersede', 'A second image comes during a rollout: the first is rolled back for it, and the second rolls out', {
    rollouts: [superseded('v2'), succeeded('v3')],
    stable: { checkout: 'v3' },
  }),
  secondImage('queue', 'A second image comes during a rollout, and waits for its end', {
    rollouts: [succeeded('v2'), succeeded('v3')],
    stable: { checkout: 'v3' },
  }),
  secondImage('refuse', 'A second image comes during a rollout, and is refused for good', {
    rollouts: [succeeded('v2')],
    stable: { checkout: 'v2' },
    executions: { refused: 1, ignored: 0 },
  }),
];

export const threeImages: Scenario = {
  name: 'three-images',
  title: 'Three images in quick succession: the newest wins, and the one between never begins',
  promises: ['O1', 'O2'],
  spec: spec('supersede'),
  requestsPerSecond: 10,
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(10);
    stage.push('v3');
    await stage.sleep(0.5);
    stage.push('v4');
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [superseded('v2'), succeeded('v4')],
    badAnswers: [0, 0],
    stable: { checkout: 'v4' },
    executions: { refused: 1, ignored: 0 },
  },
};

export const olderImageLate: Scenario = {
  name: 'older-image-late',
  title: 'The event of an older image arrives while a newer one rolls out: it does not supersede it',
  promises: ['O2'],
  spec: spec('supersede'),
  requestsPerSecond: 10,
  story: async (stage) => {
    stage.sandbox.bus.injectFault({
      kind: 'delay',
      pattern: { source: ['aws.ecr'], detail: { 'image-tag': ['v2'] } },
      delayMs: 6000,
    });
    stage.push('v2');
    await stage.sleep(1);
    stage.push('v3');
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [succeeded('v3')],
    badAnswers: [0, 0],
    stable: { checkout: 'v3' },
    executions: { refused: 1, ignored: 0 },
  },
};
