import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { sandboxLoadBalancer, targetGroupOf } from '../../../sandbox/traffic/load-balancer-reporter.ts';
import type { Scenario } from '../scenario.ts';
import { refusals } from './begin-fails.ts';

type Metrics = NonNullable<RolloutSpecSource['analysis']['metrics']>;

const canaryOf = (metricName: 'Requests' | 'Errors') => ({
  namespace: 'Sandbox/Mesh',
  name: metricName,
  dimensions: { Service: '{{canary}}' },
  stat: 'Sum',
});

const metrics: Metrics = [
  { loadBalancer: sandboxLoadBalancer, targetGroup: targetGroupOf('checkout-canary'), measure: 'failedShare', max: 0.02 },
  { loadBalancer: sandboxLoadBalancer, targetGroup: targetGroupOf('checkout-canary'), measure: 'latency', max: 0.5 },
  {
    name: 'errors of the mesh',
    cloudwatch: {
      expression: '100 * errors / requests',
      period: '10s',
      metrics: { errors: canaryOf('Errors'), requests: canaryOf('Requests') },
    },
    max: 50,
  },
];

/** No Prometheus at all. Minutes, as load balancers report; the bakes are shorter, and a step lasts as long as its first full minute takes. */
const judgedByCloudWatch =
  (asked: Metrics, change: Partial<RolloutSpecSource> = {}) =>
  (usual: RolloutSpecSource): RolloutSpecSource => ({
    ...usual,
    analysis: { interval: '5s', metrics: asked },
    policies: { noData: { hold: '5m' }, sourceDown: { hold: '30s' } },
    deadlines: { ...usual.deadlines, rollout: '1h' },
    ...change,
  });

const inProcess = {
  inProcessBecause: 'LocalStack keeps no series of a load balancer that nobody has sent requests through',
  requestsPerSecond: 10,
  // Until CloudWatch knows the metrics.
  settleSeconds: 12,
  spec: { checkout: judgedByCloudWatch(metrics) },
} as const;

export const cloudWatchMetrics: readonly Scenario[] = [
  {
    ...inProcess,
    name: 'cloudwatch-healthy',
    title: "Only CloudWatch's metrics judge, minute by minute: each step waits for a full minute of its own, and the image is promoted",
    promises: ['J1', 'J4', 'J6'],
    story: async (stage) => {
      stage.push('v2');
      await stage.untilState('Succeeded');
    },
    expected: {
      // Each of the three steps: up to a minute until a period begins, the minute itself, and the bake of 10 s.
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0], seconds: [210, 420] }],
      badAnswers: [0, 0],
      stable: { checkout: 'v2' },
    },
    check: ({ splits }) => {
      const given = splits.filter(({ canary }) => canary > 0);
      const seconds = given.slice(1).map(({ atMs }, index) => (atMs - (given[index]?.atMs ?? 0)) / 1000);
      return seconds.filter((each) => each < 70).map((each) => `a step took ${each} s, less than a period and its bake`);
    },
  },
  {
    ...inProcess,
    name: 'cloudwatch-errors',
    title: "A third of the canary's answers are 5xx: the load balancer's count of two minutes rolls it back, each minute counted once",
    promises: ['J5', 'T2'],
    versions: { v2: { service: { errorShare: 0.3 } } },
    story: async (stage) => {
      stage.push('v2');
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'analysis', weights: [10, 0], seconds: [120, 190] }],
      badAnswers: [10, 120],
    },
    check: ({ rollouts: [rollout] }) => {
      const { reason = '', tallies } = rollout?.record ?? {};
      const tally = tallies?.['failedShare of the load balancer'];
      return [
        ...(reason.startsWith('failedShare of the load balancer is 0.') ? [] : [`rolled back because ${reason}`]),
        ...(tally?.totalFailures === 2 ? [] : [`two minutes were counted as ${tally?.totalFailures} failures`]),
      ];
    },
  },
  {
    ...inProcess,
    name: 'cloudwatch-down-for-a-while',
    title: 'CloudWatch throttles what is asked for twenty seconds: nothing is aborted',
    promises: ['J2'],
    story: async (stage) => {
      stage.push('v2');
      await stage.untilWeight(50);
      stage.sandbox.cloudWatch.down = true;
      await stage.sleep(20);
      stage.sandbox.cloudWatch.down = false;
      await stage.untilState('Succeeded');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
      badAnswers: [0, 0],
      stable: { checkout: 'v2' },
    },
  },
  {
    ...inProcess,
    name: 'cloudwatch-down-for-good',
    title: 'CloudWatch does not answer any more: the weight stays where it is for the hold, and only then the canary goes',
    promises: ['J2', 'J3', 'W1'],
    story: async (stage) => {
      stage.push('v2');
      await stage.untilWeight(50);
      stage.sandbox.cloudWatch.down = true;
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'error', weights: [10, 50, 0] }],
      badAnswers: [0, 0],
    },
    check: ({ splits }) => {
      const given = splits.findIndex(({ canary }) => canary === 50);
      const taken = splits.findIndex(({ canary }, index) => index > given && canary !== 50);
      const heldSeconds = ((splits[taken]?.atMs ?? 0) - (splits[given]?.atMs ?? 0)) / 1000;
      return heldSeconds >= 30 && heldSeconds <= 45 ? [] : [`weight 50 was held for ${heldSeconds} s, expected the hold of 30 s`];
    },
  },
  {
    ...inProcess,
    name: 'cloudwatch-unknown-metric',
    title: 'A metric, a dimension and a load balancer are misspelt: the rollout is refused with all three, before anything is written',
    promises: ['J7', 'P1', 'P4'],
    requestsPerSecond: 1,
    spec: {
      checkout: judgedByCloudWatch([
        { name: 'requests', cloudwatch: { metric: { ...canaryOf('Requests'), name: 'Request', period: '10s' } }, min: 1 },
        {
          name: 'errors',
          cloudwatch: { metric: { ...canaryOf('Requests'), dimensions: { Sevice: '{{canary}}' }, period: '10s' } },
          max: 1,
        },
        { loadBalancer: 'app/sandbx/50dc6c495c0c9188', measure: 'requests', min: 1 },
      ]),
    },
    story: async (stage) => {
      stage.push('v2');
      await stage.untilState('Refused');
    },
    expected: { rollouts: [], badAnswers: [0, 0], executions: { refused: 1, ignored: 0 } },
    check: ({ splits }, stage) => {
      const told = refusals(stage).map(({ detail }) => String(detail['reason']));
      const says = [
        'no metric Request of the namespace Sandbox/Mesh; did you mean Requests?',
        'not with the dimensions Sevice',
        'No metric of AWS/ApplicationELB has app/sandbx/50dc6c495c0c9188 as its LoadBalancer.',
      ];
      return [
        ...says.filter((part) => !told.some((text) => text.includes(part))).map((part) => `it does not say "${part}": ${told.join(' | ')}`),
        ...(splits.length === 0 ? [] : ['something was written']),
      ];
    },
  },
];
