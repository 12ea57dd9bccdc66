import { fillQuery } from '../../core/analysis/query-template.ts';
import type { MetricQuery } from '../../core/metric-ports.ts';
import type { RouteTarget } from '../../core/ports.ts';
import type { RolloutSpec } from '../../core/spec/rollout-spec.ts';

/** Queries with what they name filled in, in the same order. */
export function metricQueries(
  metrics: readonly MetricQuery[],
  { analysis, namespace }: Pick<RolloutSpec, 'analysis' | 'namespace'>,
  target: Pick<RouteTarget, 'canaryService' | 'stableService'>,
): MetricQuery[] {
  const { intervalSeconds } = analysis;
  const names = { canary: target.canaryService, stable: target.stableService, namespace, intervalSeconds };
  return metrics.map(({ name, query }) => ({ name, query: fillQuery(query, names) }));
}
