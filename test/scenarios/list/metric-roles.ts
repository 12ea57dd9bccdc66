import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { judgedAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import { untilRolledBack, untilSucceeded } from '../stories.ts';

type MetricSource = NonNullable<RolloutSpecSource['analysis']['metrics']>[number];

/** Beside a metric that always answers, and is always good. */
const judgedBy =
  (metric: MetricSource, change: Partial<RolloutSpecSource['analysis']> = {}) =>
  (usual: RolloutSpecSource): RolloutSpecSource => ({
    ...usual,
    analysis: { ...usual.analysis, alarms: [], metrics: [{ name: 'always', query: 'vector(1)', min: 1 }, metric], ...change },
  });

const p90 = (side: 'canary' | 'stable') =>
  `histogram_quantile(0.9, sum by (le) (rate(istio_request_duration_milliseconds_bucket{destination_service_name="{{${side}}}"}[3s])))`;

const failing = { v2: { service: { errorShare: 0.3 } } } as const;

export const metricRoles: readonly Scenario[] = [
  {
    name: 'metric-tried-out',
    title: 'A metric that is only tried out finds the canary bad: that is shown, and nothing follows from it',
    promises: ['J3'],
    inProcessBecause: judgedAlike,
    spec: { checkout: judgedBy({ successRate: {}, dryRun: true }) },
    versions: failing,
    story: untilSucceeded,
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
      stable: { checkout: 'v2' },
      badAnswers: [100, 3000],
    },
    check: ({ rollouts: [rollout] }) => {
      const tried = rollout?.record.analysis?.verdicts.find(({ name }) => name === 'successRate');
      return tried?.verdict === 'fail' && tried.dryRun === true ? [] : [`it was shown as ${JSON.stringify(tried)}`];
    },
  },
  {
    name: 'metric-not-critical',
    title: 'A metric that is not critical finds the canary bad: the step is held, and after the hold it is done what the spec says',
    promises: ['J1', 'W1'],
    inProcessBecause: judgedAlike,
    spec: { checkout: judgedBy({ successRate: {}, critical: false, noData: { hold: '12s' } }) },
    versions: failing,
    story: untilRolledBack,
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'inconclusive', weights: [10, 0] }],
      badAnswers: [10, 150],
    },
    check: ({ rollouts: [rollout] }) =>
      rollout?.record.reason?.includes('It is not critical') ? [] : [`rolled back because ${rollout?.record.reason}`],
  },
  {
    name: 'metric-from-the-second-step',
    title: 'A metric that judges from the second step on lets the first one pass',
    promises: ['J3'],
    inProcessBecause: judgedAlike,
    spec: { checkout: judgedBy({ successRate: {}, startingStep: 2 }) },
    versions: failing,
    story: untilRolledBack,
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [10, 50, 0] }],
      badAnswers: [30, 600],
    },
  },
  {
    name: 'warm-up-left-out',
    title: 'The canary fails for five seconds while it warms up: that is left out, and nothing bakes meanwhile',
    promises: ['J3', 'J4'],
    inProcessBecause: judgedAlike,
    spec: { checkout: judgedBy('successRate', { warmUp: '8s' }) },
    versions: failing,
    story: async (stage) => {
      stage.push('v2');
      await stage.untilWeight(10);
      await stage.sleep(5);
      stage.sandbox.fleet.behave('v2', { service: { errorShare: 0 } });
      await stage.untilState('Succeeded');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0], seconds: [55, 62] }],
      stable: { checkout: 'v2' },
      badAnswers: [1, 60],
    },
  },
  {
    name: 'samples-compared',
    title: 'Samples of latency of both sides are compared at the end of each bake, as Kayenta does: the slower version is rolled back',
    promises: ['J5'],
    inProcessBecause: judgedAlike,
    spec: {
      checkout: judgedBy({ name: 'p90', mannWhitney: { canary: p90('canary'), baseline: p90('stable'), every: '1s', samples: 8 } }, {}),
    },
    versions: { v2: { service: { slowShare: 0.3, slowLatencyMs: 2000 } } },
    story: untilRolledBack,
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [10, 0] }],
      badAnswers: [0, 0],
    },
    check: ({ rollouts: [rollout] }) =>
      rollout?.record.reason?.startsWith('p90: ') ? [] : [`rolled back because ${rollout?.record.reason}`],
  },
  {
    name: 'samples-alike',
    title: 'Samples of both sides that are alike let the version through, judged at the end of each bake',
    promises: ['J5'],
    inProcessBecause: judgedAlike,
    spec: { checkout: judgedBy({ name: 'p90', mannWhitney: { canary: p90('canary'), baseline: p90('stable'), every: '1s', samples: 8 } }) },
    story: untilSucceeded,
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
      stable: { checkout: 'v2' },
      badAnswers: [0, 0],
    },
  },
];
