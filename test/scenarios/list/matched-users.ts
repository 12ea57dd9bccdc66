import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { clusterAlike } from '../in-process.ts';
import { checkoutOn, judgedByAlarm, momentsOf, spanAt } from '../meshes.ts';
import type { ScenarioOutcome } from '../run-scenario.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const name = 'x-tester';

function withTesters(usual: RolloutSpecSource): RolloutSpecSource {
  if (usual.router.kind === 'consul') return usual;
  return { ...usual, router: { ...usual.router, match: [{ header: { name, exact: 'yes' } }] } };
}

/** Two testers, of whom only one says so as the spec asks. */
function sendTesters(stage: Stage): void {
  stage.visit('checkout', { headers: { [name]: 'yes' }, everySeconds: 0.5 });
  stage.visit('checkout', { headers: { [name]: 'not really' }, everySeconds: 0.25 });
}

/** What was not as it should be: the tester on the canary from its first weight to its end, and the other like everybody. */
function wronglyAnswered({ splits }: ScenarioOutcome, { visitors: [tester, other] }: Stage, after: string): string[] {
  const { underWayMs, endedMs, quietMs } = momentsOf(splits);
  const spans = [
    ['before the rollout', 0, underWayMs - 1000, 'v1'],
    ['during the rollout', underWayMs, endedMs, 'v2'],
    ['after the rollout', quietMs, Number.POSITIVE_INFINITY, after],
  ] as const;
  const wrong = spans.flatMap(([when, fromMs, toMs, expected]) => {
    const versions = tester?.versions(fromMs, toMs).join(' and ');
    return versions === expected ? [] : [`the tester was answered by ${versions} ${when}`];
  });
  const [fromMs, toMs] = spanAt(splits, 10);
  const answers = other?.visits.filter(({ atMs }) => atMs >= fromMs && atMs < toMs) ?? [];
  const onCanary = answers.filter(({ version }) => version === 'v2').length;
  if (answers.length > 0 && onCanary < answers.length / 2) return wrong;
  return [...wrong, `the other was answered by the canary ${onCanary} times of ${answers.length} at weight 10`];
}

const promises = ['T4', 'T5'];

/** A header takes a user to the canary at every weight. */
export const matchedUsers: readonly Scenario[] = [
  {
    name: 'matched-users-promoted',
    title: 'On an HTTPRoute, users with a header get the canary from the first step on, and all others by the weight; it is promoted',
    promises,
    inProcessBecause: clusterAlike,
    services: checkoutOn('gatewayApi'),
    spec: { checkout: withTesters },
    story: async (stage) => {
      sendTesters(stage);
      stage.push('v2');
      await stage.untilState('Succeeded');
      await stage.sleep(3);
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
      badAnswers: [0, 0],
      stable: { checkout: 'v2' },
    },
    check: (outcome, stage) => wronglyAnswered(outcome, stage, 'v2'),
  },
  {
    name: 'matched-users-rolled-back',
    title:
      'On a VirtualService, users with a header get the canary from the first step on; the alarm takes them back to stable with all others',
    promises,
    inProcessBecause: clusterAlike,
    services: checkoutOn('istio'),
    spec: { checkout: (usual) => withTesters(judgedByAlarm(usual)) },
    story: async (stage) => {
      sendTesters(stage);
      stage.push('v2');
      await stage.untilWeight(50);
      await stage.sleep(5);
      stage.sandbox.fleet.behave('v2', { service: { errorShare: 0.3 } });
      await stage.untilState('RolledBack', 1, 'rollback');
      await stage.sleep(3);
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [10, 50, 0] }],
      badAnswers: [20, 60],
    },
    check: (outcome, stage) => wronglyAnswered(outcome, stage, 'v1'),
  },
];
