import type { OwnScenario } from './own-scenario.ts';
import { pausedForCdk } from './paused-for-cdk.ts';

export const removalRefused: OwnScenario = {
  name: 'removal-refused',
  title: 'Somebody runs `cdk destroy` in the middle of a rollout: CloudFormation is refused, and the rollout goes on to its end',
  promises: ['O6'],
  risksDeployment: true,
  on: ({ deployment }) => ({
    requestsPerSecond: 10,
    spec: { checkout: pausedForCdk },
    story: async (stage) => {
      stage.push('v2');
      await stage.untilPhase('paused');
      const why = await deployment.destroy().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (why === undefined) throw new Error('the stack was removed in the middle of a rollout');
      await stage.call('Operate', { rollout: 'checkout', action: 'resume', by: 'ada', why: 'It is still there.' });
      await stage.untilState('Succeeded');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 100, 0] }],
      badAnswers: [0, 0],
      stable: { checkout: 'v2' },
    },
  }),
};
