import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { judgedAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import { untilRolledBack, untilSucceeded } from '../stories.ts';
import { usualServices } from '../usual.ts';

type MetricSource = NonNullable<RolloutSpecSource['analysis']['metrics']>[number];

/** The first bake is longer than the window of ten seconds, before which the canary is not asked for. */
const judgedBy =
  (...metrics: readonly MetricSource[]) =>
  (usual: RolloutSpecSource): RolloutSpecSource => ({
    ...usual,
    steps: [
      { weight: 10, bake: '15s' },
      { weight: 50, bake: '10s' },
      { weight: 100, bake: '5s' },
    ],
    analysis: { ...usual.analysis, alarms: [], metrics: [...metrics] },
  });

const limited = usualServices.map((service) => ({ ...service, limits: { cpu: '500m', memory: '256Mi' } }));
const noCadvisor = 'no other tier has a kubelet whose cAdvisor tells how near containers are to their limits';
const ofLimits = { checkout: judgedBy({ saturation: 'cpu', window: '10s' }, { saturation: 'memory' }) };

/** Whether a rollout went back for what was to be told. */
const because =
  (start: RegExp): NonNullable<Scenario['check']> =>
  ({ rollouts: [rollout] }) =>
    start.test(rollout?.record.reason ?? '') ? [] : [`rolled back because ${rollout?.record.reason}`];

export const readyMadeMetrics: readonly Scenario[] = [
  {
    name: 'saturation-healthy',
    title: 'The canary is no nearer to the limits of its containers than it may be: it is promoted',
    promises: ['J3'],
    inProcessBecause: noCadvisor,
    services: limited,
    spec: ofLimits,
    versions: { v2: { load: { throttledShare: 0.2, memoryShare: 0.8 } } },
    story: untilSucceeded,
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
      stable: { checkout: 'v2' },
      badAnswers: [0, 0],
    },
  },
  {
    name: 'saturation-of-cpu',
    title: 'The canary is throttled in more of its periods than it may be, while all its answers are good: it is rolled back',
    promises: ['J3'],
    inProcessBecause: noCadvisor,
    services: limited,
    spec: ofLimits,
    versions: { v2: { load: { throttledShare: 0.6 } } },
    story: untilRolledBack,
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [10, 0] }],
      badAnswers: [0, 0],
    },
    check: because(/^cpu saturation is 0\.[56]\d*, above 0\.25 /),
  },
  {
    name: 'saturation-of-memory-at-the-second-step',
    title: 'The canary leaks memory until its containers are nearly full: it is rolled back before the kernel kills them',
    promises: ['J3'],
    inProcessBecause: noCadvisor,
    services: limited,
    spec: ofLimits,
    story: async (stage) => {
      stage.push('v2');
      await stage.untilWeight(50);
      await stage.sleep(3);
      stage.sandbox.fleet.behave('v2', { load: { memoryShare: 0.95 } });
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [10, 50, 0] }],
      badAnswers: [0, 0],
    },
    check: because(/^memory saturation is 0\.95, above 0\.9 /),
  },
  {
    name: 'saturation-without-limits',
    title:
      'No container has a limit, so nothing tells how near to it the canary is: that was said before, is never a pass, and after the hold it goes',
    promises: ['J1', 'J7', 'W1'],
    inProcessBecause: noCadvisor,
    spec: { checkout: judgedBy({ saturation: 'memory' }) },
    story: untilRolledBack,
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'inconclusive', weights: [10, 0] }],
      badAnswers: [0, 0],
    },
    check: ({ rollouts: [rollout] }) => {
      const [warned] = rollout?.history.filter(({ what }) => what === 'preflight') ?? [];
      return [
        ...(rollout?.record.watch?.bakedMs === 0 ? [] : ['time without data counted as a bake']),
        ...(warned?.reason?.includes('None of its containers has a memory limit') ? [] : [`the history says ${warned?.reason}`]),
      ];
    },
  },
  {
    name: 'throughput-within-bounds',
    title: 'The service and the canary answer as many requests as they should: the canary is promoted',
    promises: ['J3'],
    inProcessBecause: judgedAlike,
    requestsPerSecond: 20,
    spec: {
      checkout: judgedBy(
        { throughput: 'service', min: 15, max: 25, window: '10s' },
        { throughput: 'canary', min: 1, window: '10s', failures: { for: '5s' } },
      ),
    },
    story: untilSucceeded,
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
      stable: { checkout: 'v2' },
      badAnswers: [0, 0],
    },
  },
  {
    name: 'throughput-too-low',
    title:
      'Requests to the canary hang, which no share of bad answers tells before they time out: it is rolled back before, since too few are answered',
    promises: ['J3'],
    inProcessBecause: judgedAlike,
    requestsPerSecond: 40,
    spec: { checkout: judgedBy('successRate', { throughput: 'service', min: 34, window: '10s' }) },
    story: async (stage) => {
      stage.push('v2');
      await stage.untilWeight(50);
      await stage.sleep(5);
      stage.sandbox.fleet.behave('v2', { service: { latencyMs: 20_000 } });
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [10, 50, 0] }],
      badAnswers: [0, 200],
    },
    check: because(/^throughput is 3\d(\.\d+)?, below 34 /),
  },
];
