import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import type { SandboxOptions } from '../../../sandbox/sandbox.ts';
import { changeQueries, usualSpec } from '../../scenarios/usual.ts';

export type MetricSource = 'prometheus' | 'cloudwatch';

/** What every rollout of a row looks like. */
export interface RowPlan {
  readonly source: MetricSource;
  readonly intervalSeconds: number;
  readonly bakeSeconds: number;
}

export const weights = [10, 50, 100] as const;

export function serviceOf(index: number): SandboxOptions['services'][number] {
  const name = `service-${index}`;
  return { name, namespace: name, replicas: 2, tag: 'v1', virtualService: name, pathPrefix: '/' };
}

/** Two metrics of Prometheus, or one alarm of CloudWatch, and nothing of the other. */
export function scaleSpec(index: number, cluster: string, repository: string, plan: RowPlan): RolloutSpecSource {
  const service = serviceOf(index);
  const usual = usualSpec(service, repository);
  const { prometheus, metrics } = usual.analysis;
  const judged =
    plan.source === 'cloudwatch'
      ? { alarms: [`${service.name}-errors`] }
      : {
          ...(prometheus === undefined ? {} : { prometheus }),
          metrics: changeQueries(metrics, (metric) => ({ ...metric, query: metric.query.replaceAll('[10s]', '[2m]') })),
        };
  return {
    ...usual,
    cluster,
    steps: weights.map((weight) => ({ weight, bake: `${plan.bakeSeconds}s` })),
    analysis: { interval: `${plan.intervalSeconds}s`, telemetry: 'off', ...judged },
    policies: {},
    deadlines: { ready: '10m', rollout: '24h', drain: '10s' },
  };
}
