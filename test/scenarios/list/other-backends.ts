import { binomialInterval } from '../../contract/binomial.ts';
import { clusterAlike } from '../in-process.ts';
import { judgedByAlarm, momentsOf } from '../meshes.ts';
import type { ScenarioOutcome } from '../run-scenario.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** Checkout, in whose rule an older service has 40 of 100. */
function besideLegacy(mesh: 'istio' | 'gatewayApi'): NonNullable<Scenario['services']> {
  const common = { namespace: 'shop', replicas: 2, virtualService: 'shop', mesh } as const;
  return [
    { ...common, name: 'checkout', tag: 'v1', pathPrefix: '/checkout', beside: { legacy: 40 }, autoscalerMinReplicas: 1 },
    { ...common, name: 'legacy', tag: 'old', pathPrefix: '/legacy' },
  ];
}

/** Of every hundred requests in a row, as many as it had before; where a proxy draws lots, as many as lots give. */
function shareOfLegacy({ splits }: ScenarioOutcome, stage: Stage): string[] {
  const { byVersion, answered } = stage.loadOf('checkout').stats();
  const own = byVersion['old']?.answered ?? 0;
  const canary = byVersion['v2']?.answered ?? 0;
  const [least, most] = stage.tier.exact ? [answered * 0.39, answered * 0.41] : binomialInterval(answered, 0.4);
  const isKept = own >= least && own <= most && Number.isFinite(momentsOf(splits).endedMs) && canary > 0;
  return isKept ? [] : [`the other backend answered ${own} of ${answered} requests, and the canary ${canary}`];
}

const promises = ['T4', 'T5'];

/** Stable and canary share what they have together in the rule, and no more. */
export const otherBackends: readonly Scenario[] = [
  {
    name: 'other-backends-promoted',
    title: 'In a rule of a VirtualService that another service has a share of, that one keeps it; the canary is promoted',
    promises,
    inProcessBecause: clusterAlike,
    services: besideLegacy('istio'),
    story: async (stage) => {
      stage.push('v2');
      await stage.untilState('Succeeded');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
      badAnswers: [0, 0],
      stable: { checkout: 'v2', legacy: 'old' },
    },
    check: shareOfLegacy,
  },
  {
    name: 'other-backends-rolled-back',
    title: 'In a rule of an HTTPRoute that another service has a share of, that one keeps it; the alarm rolls the canary back',
    promises,
    inProcessBecause: clusterAlike,
    services: besideLegacy('gatewayApi'),
    spec: { checkout: judgedByAlarm },
    story: async (stage) => {
      stage.push('v2');
      await stage.untilWeight(50);
      await stage.sleep(3);
      stage.sandbox.fleet.behave('v2', { service: { errorShare: 0.3 } });
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [10, 50, 0] }],
      badAnswers: [20, 60],
      stable: { legacy: 'old' },
    },
    check: shareOfLegacy,
  },
];
