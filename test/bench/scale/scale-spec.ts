import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import type { SandboxOptions } from '../../../sandbox/sandbox.ts';
import { changeQueries, usualSpec } from '../../scenarios/usual.ts';

/** `cloudwatch`: one alarm. `cloudwatchMetrics`: what a load balancer counts, and one metric more. */
export type MetricSource = 'prometheus' | 'cloudwatch' | 'cloudwatchMetrics';

/** What every rollout of a row looks like. */
export interface RowPlan {
  readonly source: MetricSource;
  readonly intervalSeconds: number;
  readonly bakeSeconds: number;
  /** What comes before the bake: until the first datapoint of the step's own may be seen. 0 where left out. */
  readonly evidenceSeconds?: number;
}

export const weights = [10, 50, 100] as const;

export function serviceOf(index: number): SandboxOptions['services'][number] {
  const name = `service-${index}`;
  return { name, namespace: name, replicas: 2, tag: 'v1', virtualService: name, pathPrefix: '/' };
}

/** Two metrics of Prometheus or of CloudWatch, or one alarm of CloudWatch, and nothing of the others. */
export function scaleSpec(index: number, cluster: string, repository: string, plan: RowPlan): RolloutSpecSource {
  const service = serviceOf(index);
  const usual = usualSpec(service, repository);
  return {
    ...usual,
    cluster,
    steps: weights.map((weight) => ({ weight, bake: `${plan.bakeSeconds}s` })),
    analysis: { interval: `${plan.intervalSeconds}s`, telemetry: 'off', ...judgedBy(plan.source, index, usual.analysis) },
    policies: {},
    deadlines: { ready: '10m', rollout: '24h', drain: '10s' },
  };
}

function judgedBy(source: MetricSource, index: number, { prometheus, metrics }: RolloutSpecSource['analysis']) {
  const { name } = serviceOf(index);
  switch (source) {
    case 'prometheus':
      return {
        ...(prometheus === undefined ? {} : { prometheus }),
        metrics: changeQueries(metrics, (metric) => ({ ...metric, query: metric.query.replaceAll('[10s]', '[2m]') })),
      };
    case 'cloudwatch':
      return { alarms: [`${name}-errors`] };
    case 'cloudwatchMetrics':
      return { metrics: cloudWatchMetrics(index) };
  }
}

function cloudWatchMetrics(index: number): NonNullable<RolloutSpecSource['analysis']['metrics']> {
  const id = index.toString(16).padStart(16, '0');
  return [
    { loadBalancer: `app/shop/${id}`, targetGroup: `targetgroup/canary/${id}`, measure: 'failedShare', max: 0.01 },
    {
      name: 'oldest order in the queue',
      cloudwatch: {
        metric: {
          namespace: 'AWS/SQS',
          name: 'ApproximateAgeOfOldestMessage',
          dimensions: { QueueName: serviceOf(index).name },
          stat: 'Maximum',
        },
      },
      max: 30,
    },
  ];
}
