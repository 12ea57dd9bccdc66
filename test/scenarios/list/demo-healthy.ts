import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { likeOthers } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import { isQuerySource } from '../usual.ts';

/** The usual spec with short bakes. The errors are the alarm's matter, so that the alarm, as on AWS, is what fires. */
export function demoSpec(usual: RolloutSpecSource, bakes: readonly [string, string, string]): RolloutSpecSource {
  const { analysis } = usual;
  return {
    ...usual,
    steps: [
      { weight: 10, bake: bakes[0] },
      { weight: 50, bake: bakes[1] },
      { weight: 100, bake: bakes[2] },
    ],
    analysis: { ...analysis, metrics: (analysis.metrics ?? []).filter(isQuerySource).filter(({ name }) => name.startsWith('latency')) },
  };
}

export const demoHealthy: Scenario = {
  name: 'demo-healthy',
  title: 'A healthy image is raised to full weight and promoted',
  promises: ['T1', 'T8', 'J6'],
  inProcessBecause: likeOthers('healthy'),
  settleSeconds: 2,
  spec: { checkout: (usual) => demoSpec(usual, ['5s', '5s', '5s']) },
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
