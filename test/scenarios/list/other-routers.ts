import { clusterAlike } from '../in-process.ts';
import { checkoutOn, judgedByAlarm } from '../meshes.ts';
import type { Scenario } from '../scenario.ts';

const routers = [
  { mesh: 'gatewayApi', name: 'gateway-api', called: 'an HTTPRoute splits the traffic' },
  { mesh: 'istioSubsets', name: 'subsets', called: 'a VirtualService splits the traffic between subsets of one Service' },
] as const;

/** What moves the traffic is another kind of object, and nothing else is different. */
export const otherRouters: readonly Scenario[] = routers.flatMap(({ mesh, name, called }): Scenario[] => [
  {
    name: `${name}-promoted`,
    title: `Where ${called}, a healthy image goes to full weight and is promoted; nobody notices`,
    promises: ['T1', 'T4', 'T5'],
    inProcessBecause: clusterAlike,
    services: checkoutOn(mesh),
    story: async (stage) => {
      stage.push('v2');
      await stage.untilState('Succeeded');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
      badAnswers: [0, 0],
      stable: { checkout: 'v2' },
    },
  },
  {
    name: `${name}-rolled-back`,
    title: `Where ${called}, the canary begins to answer 5xx at the second step; the alarm rolls it back`,
    promises: ['T2', 'T3', 'T4', 'T5'],
    inProcessBecause: clusterAlike,
    services: checkoutOn(mesh),
    spec: { checkout: judgedByAlarm },
    story: async (stage) => {
      stage.push('v2');
      await stage.untilWeight(50);
      stage.sandbox.fleet.behave('v2', { service: { errorShare: 0.3 } });
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [10, 50, 0] }],
      badAnswers: [5, 40],
    },
  },
]);
