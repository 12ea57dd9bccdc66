import { judgedAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import { refusals } from './begin-fails.ts';

const wrongMetrics: NonNullable<Scenario['spec']> = {
  checkout: (usual) => ({
    ...usual,
    analysis: {
      ...usual.analysis,
      metrics: [
        { name: 'each pod', query: 'rate(istio_requests_total{destination_service_name="{{stable}}"}[10s]) or up', max: 1 },
        { name: 'types', query: 'rate(up)', max: 1 },
      ],
    },
  }),
};

export const wrongMetricAtStart: Scenario = {
  name: 'wrong-metric-at-start',
  title:
    'Queries that no answer could be a number of, which only Prometheus knows: the push is refused before anything is written, with each of them',
  promises: ['J7', 'P1'],
  inProcessBecause: judgedAlike,
  spec: wrongMetrics,
  requestsPerSecond: 10,
  story: async (stage) => {
    await stage.sleep(10);
    stage.push('v2');
    await stage.untilState('Refused');
  },
  expected: { rollouts: [], badAnswers: [0, 0], executions: { refused: 1, ignored: 0 } },
  check: ({ splits, executions }, stage) => {
    const cause = executions[0]?.cause ?? '';
    const named = /metric each pod: The query answers \d+ series.+metric types: .+expected type range vector/.test(cause);
    return [
      ...(refusals(stage).length === 1 ? [] : [`it was told ${refusals(stage).length} times`]),
      ...(splits.length === 0 ? [] : ['the route was written']),
      ...(named ? [] : [`the cause does not name both: ${cause}`]),
    ];
  },
};

export const prometheusDownAtStart: Scenario = {
  name: 'prometheus-down-at-start',
  title: 'Prometheus does not answer when a rollout begins: it begins all the same, says so, and goes on when Prometheus is back',
  promises: ['J2', 'J7'],
  inProcessBecause: judgedAlike,
  requestsPerSecond: 10,
  story: async (stage) => {
    stage.sandbox.prometheus.faults.status = 503;
    stage.push('v2');
    await stage.untilWeight(10);
    stage.sandbox.prometheus.faults.status = undefined;
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
  check: ({ rollouts }) => {
    const [found] = rollouts[0]?.history.filter(({ what }) => what === 'preflight') ?? [];
    return found?.reason?.includes('metrics success rate, latency p99 in milliseconds: Not asked: ') === true
      ? []
      : [`the history says ${found?.reason}`];
  },
};
