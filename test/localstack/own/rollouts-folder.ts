import type { OwnScenario } from './own-scenario.ts';

export const rolloutsFolder: OwnScenario = {
  name: 'rollouts-folder-is-applied',
  title: 'The specs of the rollouts folder are in the store as soon as the stack is deployed, applied by its custom resources',
  promises: ['P4'],
  on: ({ deployedSpecs }) => ({
    requestsPerSecond: 0,
    story: async () => undefined,
    expected: { rollouts: [], badAnswers: [0, 0] },
    check: () => (deployedSpecs.join() === 'seed' ? [] : [`the store had the specs of ${deployedSpecs.join()}`]),
  }),
};
