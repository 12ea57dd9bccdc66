import { throughputQuery } from '../../adapters/metrics/throughput-queries.ts';
import { fillQuery, type QueryValues } from '../../core/analysis/query-template.ts';
import { queryWindowSeconds } from '../../core/analysis/query-window.ts';
import type { MetricQuery } from '../../core/metric-ports.ts';
import type { MannWhitneySpec } from '../../core/spec/mann-whitney-spec.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';
import type { ThroughputSpec } from '../../core/spec/throughput-spec.ts';
import { routeTargetOf, workloadNamesOf } from './door-target.ts';
import { shareNamesOf } from './measure-share.ts';

/** What Prometheus is asked for each, with the names of the rollout filled in, in the same order. */
export function metricQueries(metrics: readonly (MetricQuery | ThroughputSpec)[], spec: RolloutSpec): MetricQuery[] {
  const values = queryValuesOf(spec);
  return metrics.map((metric) => {
    const { name } = metric;
    return { name, query: 'query' in metric ? fillQuery(metric.query, values) : throughputQueryOf(metric, spec) };
  });
}

/** What Prometheus is asked for a metric that compares samples of both sides, and how far that looks back. */
export interface SampleQueries {
  readonly name: string;
  readonly canary: string;
  readonly baseline: string;
  readonly windowSeconds: number;
}

export function sampleQueries({ name, mannWhitney }: MannWhitneySpec, spec: RolloutSpec): SampleQueries {
  const values = queryValuesOf(spec);
  const [canary, baseline] = [fillQuery(mannWhitney.canary, values), fillQuery(mannWhitney.baseline, values)];
  return { name, canary, baseline, windowSeconds: Math.max(queryWindowSeconds(canary), queryWindowSeconds(baseline)) };
}

export function throughputQueryOf(metric: Pick<ThroughputSpec, 'throughputOf' | 'windowSeconds'>, spec: RolloutSpec): string {
  return throughputQuery(shareNamesOf({ spec, target: routeTargetOf(spec), names: workloadNamesOf(spec) }), metric);
}

/** What the placeholders of a spec stand for. */
export function queryValuesOf(spec: RolloutSpec): QueryValues {
  const { canaryService, stableService, canaryDeployment, deployment } = workloadNamesOf(spec);
  return {
    canary: canaryService,
    stable: stableService,
    canaryWorkload: canaryDeployment,
    stableWorkload: deployment,
    namespace: spec.namespace,
    intervalSeconds: spec.analysis.intervalSeconds,
  };
}
