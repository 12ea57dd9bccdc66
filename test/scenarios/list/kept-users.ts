import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { checkoutOn, judgedByAlarm, momentsOf, spanAt } from '../meshes.ts';
import type { ScenarioOutcome } from '../run-scenario.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const visitors = 20;

function withAffinity(usual: RolloutSpecSource): RolloutSpecSource {
  if (usual.router.kind === 'consul') return usual;
  return { ...usual, router: { ...usual.router, affinity: { cookie: 'shop-side' } } };
}

function sendVisitors(stage: Stage): void {
  for (let sent = 0; sent < visitors; sent += 1) stage.visit('checkout', { everySeconds: 0.9 + sent / 100 });
}

/** Who went back from the canary, or changed sides while the weight stayed; and whether there was anybody to see it with. */
function wronglyMoved({ splits }: ScenarioOutcome, stage: Stage, weights: readonly number[], after: string): string[] {
  const { endedMs, quietMs } = momentsOf(splits);
  const spans = weights.map((weight) => ({ weight, span: spanAt(splits, weight) }));
  const wrong = stage.visitors.flatMap((visitor, index) => {
    const first = visitor.visits.find(({ version }) => version === 'v2')?.atMs ?? Number.POSITIVE_INFINITY;
    const back = visitor.versions(first, endedMs).length > 1;
    const restless = spans.filter(({ span: [fromMs, toMs] }) => visitor.versions(fromMs, Math.min(toMs, endedMs)).length > 1);
    const left = visitor.versions(quietMs, Number.POSITIVE_INFINITY).filter((version) => version !== after);
    return [
      ...(back ? [`visitor ${index} was answered by stable after the canary`] : []),
      ...restless.map(({ weight }) => `visitor ${index} changed sides at weight ${weight}`),
      ...(left.length === 0 ? [] : [`visitor ${index} was answered by ${left.join()} after the rollout`]),
    ];
  });
  const moved = stage.visitors.filter((visitor) => visitor.versions(0, endedMs).length === 2).length;
  return [...wrong, ...(moved > 0 ? [] : ['no visitor ever came to the canary'])];
}

const common = {
  promises: ['T4', 'T5'],
  inProcessBecause: 'each answer is held against the weight at its very moment, which no clock outside of a proxy tells',
  requestsPerSecond: 20,
};

/** A cookie keeps users where they were answered first. */
export const keptUsers: readonly Scenario[] = [
  {
    ...common,
    name: 'kept-users-promoted',
    title: 'On a VirtualService, a user whom the canary answered stays there while its weight rises; it is promoted',
    services: checkoutOn('istio'),
    spec: { checkout: withAffinity },
    story: async (stage) => {
      sendVisitors(stage);
      stage.push('v2');
      await stage.untilState('Succeeded');
      await stage.sleep(3);
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
      badAnswers: [0, 0],
      stable: { checkout: 'v2' },
    },
    check: (outcome, stage) => wronglyMoved(outcome, stage, [10, 50, 100], 'v2'),
  },
  {
    ...common,
    name: 'kept-users-rolled-back',
    title: 'On an HTTPRoute, a user whom the canary answered stays there; the alarm takes them all back to stable',
    services: checkoutOn('gatewayApi'),
    spec: { checkout: (usual) => withAffinity(judgedByAlarm(usual)) },
    story: async (stage) => {
      sendVisitors(stage);
      stage.push('v2');
      await stage.untilWeight(50);
      await stage.sleep(5);
      stage.sandbox.fleet.behave('v2', { service: { errorShare: 0.3 } });
      await stage.untilState('RolledBack', 1, 'rollback');
      await stage.sleep(3);
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [10, 50, 0] }],
      badAnswers: [10, 40],
    },
    check: (outcome, stage) => wronglyMoved(outcome, stage, [10, 50], 'v1'),
  },
];
