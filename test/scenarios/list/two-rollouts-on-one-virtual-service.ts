import type { Scenario } from '../scenario.ts';

const common = { namespace: 'shop', replicas: 2, tag: 'v1', virtualService: 'shop', autoscalerMinReplicas: 1 };

export const twoRolloutsOnOneVirtualService: Scenario = {
  name: 'two-rollouts-on-one-virtual-service',
  title: 'Two services share a VirtualService and are rolled out at once: one succeeds, one is rolled back, a third is left alone',
  promises: ['T3', 'T4', 'T5', 'O1'],
  services: [
    { ...common, name: 'checkout', pathPrefix: '/checkout' },
    { ...common, name: 'basket', pathPrefix: '/basket' },
    { ...common, name: 'search', pathPrefix: '/search' },
  ],
  requestsPerSecond: 20,
  spec: { basket: (usual) => ({ ...usual, analysis: { ...usual.analysis, alarms: [] } }) },
  story: async (stage) => {
    stage.push('v2', 'checkout');
    stage.push('v3', 'basket');
    await stage.untilWeight(50, 'basket');
    stage.sandbox.fleet.behave('v3', { service: { errorShare: 0.3 } });
    await stage.untilPhase('succeeded', 'checkout');
    await stage.untilPhase('rolledBack', 'basket');
  },
  expected: {
    rollouts: [
      { rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] },
      { rollout: 'basket', tag: 'v3', phase: 'rolledBack', reason: 'analysis', weights: [10, 50, 0] },
    ],
    badAnswers: [8, 20],
    stable: { checkout: 'v2' },
  },
  check: (_, stage) => {
    const failed = ['checkout', 'search'].map((service) => stage.loadOf(service).stats().failed);
    return failed.every((count) => count === 0) ? [] : [`the neighbours had ${failed.join(' and ')} bad answers`];
  },
};
