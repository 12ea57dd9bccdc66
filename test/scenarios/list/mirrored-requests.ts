import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { checkoutOn, momentsOf } from '../meshes.ts';
import type { ScenarioOutcome } from '../run-scenario.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** Half of the requests are copied for a while before the canary answers any. */
function mirroredFirst(usual: RolloutSpecSource): RolloutSpecSource {
  const steps = [
    { mirror: 50, bake: '10s' },
    { weight: 50, bake: '10s' },
    { weight: 100, bake: '10s' },
  ];
  return { ...usual, steps, analysis: { interval: '1s', alarms: ['checkout-errors'] } };
}

/** How many requests the canary was sent beside those that it answered. */
function copiesOf({ splits }: ScenarioOutcome, { sandbox, answers }: Stage): number {
  // Who answers with v2 after that is stable, promoted.
  const { endedMs } = momentsOf(splits);
  const answered = answers.filter(({ version, atMs }) => version === 'v2' && atMs < endedMs).length;
  return (sandbox.proxy.stats().destinations['checkout-canary']?.started ?? 0) - answered;
}

const common = {
  promises: ['T2', 'T4', 'T5'],
  spec: { checkout: mirroredFirst },
  inProcessBecause: 'copies are counted by the proxy',
};

/** The first step copies requests to the canary, whose answers nobody gets. */
export const mirroredRequests: readonly Scenario[] = [
  {
    ...common,
    name: 'mirrored-requests-promoted',
    title: 'On an HTTPRoute, the canary is first sent copies that nobody waits for, then requests; it is promoted',
    services: checkoutOn('gatewayApi'),
    story: async (stage) => {
      stage.push('v2');
      await stage.untilState('Succeeded');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [50, 100, 0] }],
      badAnswers: [0, 0],
      stable: { checkout: 'v2' },
    },
    check: (outcome, stage) => {
      const { underWayMs } = momentsOf(outcome.splits);
      const early = stage.answers.filter(({ atMs, version }) => version === 'v2' && atMs < underWayMs - 1000).length;
      const copies = copiesOf(outcome, stage);
      // Half of 40 requests a second for ten seconds and what they need to begin and end.
      return [
        ...(early === 0 ? [] : [`${early} users were answered by the canary before its first weight`]),
        ...(copies >= 190 && copies <= 260 ? [] : [`${copies} requests were copied`]),
      ];
    },
  },
  {
    ...common,
    name: 'mirrored-requests-rolled-back',
    title: 'On a VirtualService, the canary fails every copy that it is sent; the alarm rolls it back, and no user has seen any of it',
    services: checkoutOn('istio'),
    versions: { v2: { service: { errorShare: 1 } } },
    story: async (stage) => {
      stage.push('v2');
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [] }],
      badAnswers: [0, 0],
    },
    check: (outcome, stage) => {
      const seen = stage.answers.filter(({ version }) => version === 'v2').length;
      const copies = copiesOf(outcome, stage);
      return seen === 0 && copies > 0 ? [] : [`${seen} users were answered by the canary, which was sent ${copies} copies`];
    },
  },
];
