import * as z from 'zod/mini';
import { type CloudWatchMetric, cloudWatchSources, isCloudWatchSource, toCloudWatchMetric } from './cloudwatch-spec.ts';
import { type MannWhitneySpec, mannWhitneyMetric, toMannWhitney } from './mann-whitney-spec.ts';
import { type ProportionSpec, proportionSources, toProportion } from './proportion-spec.ts';
import { type QuerySpec, queryMetric, toQuery } from './query-spec.ts';
import { type SaturationSpec, saturationMetric, toSaturation } from './saturation-spec.ts';
import { type ThroughputSpec, throughputMetric, toThroughput } from './throughput-spec.ts';

/** The kinds of metrics that a spec may have under `analysis.metrics`, and how they are told apart. */

export const metric = z.pipe(
  z.union([...proportionSources, saturationMetric, throughputMetric, queryMetric, ...cloudWatchSources, mannWhitneyMetric], {
    error:
      'a metric: successRate, latency with above and share, saturation, or throughput, query, cloudwatch or loadBalancer with min or max',
  }),
  z.transform((source) => {
    if (typeof source === 'string') return toProportion(source);
    if (isCloudWatchSource(source)) return toCloudWatchMetric(source);
    if ('saturation' in source) return toSaturation(source);
    if ('throughput' in source) return toThroughput(source);
    if ('query' in source) return toQuery(source);
    return 'mannWhitney' in source ? toMannWhitney(source) : toProportion(source);
  }),
);
type Delayed = z.infer<typeof metric>;

/** A metric that Prometheus answers with one number, judged by its thresholds. */
export type PrometheusMetric = QuerySpec | ThroughputSpec;

/** A metric of the spec, of whatever kind. */
export type MetricSpec = PrometheusMetric | CloudWatchMetric | ProportionSpec | MannWhitneySpec;

export function isQuery(of: MetricSpec): of is QuerySpec {
  return 'query' in of;
}

export function isSaturation(of: MetricSpec): of is SaturationSpec {
  return 'saturation' in of;
}

export function isPrometheusMetric(of: MetricSpec): of is PrometheusMetric {
  return 'query' in of || 'throughputOf' in of;
}

export function isMannWhitney(of: MetricSpec): of is MannWhitneySpec {
  return 'mannWhitney' in of;
}

export function isProportion(of: MetricSpec): of is ProportionSpec {
  return 'bad' in of;
}

export function isCloudWatch(of: MetricSpec): of is CloudWatchMetric {
  return 'asks' in of;
}

/**
 * A metric that says nothing of its own beginning is asked when the warm-up of the whole analysis is over, and when what it looks back over has begun
 * with the canary's first weight.
 */
export function begun(of: Delayed, warmUpSeconds: number): MetricSpec {
  const { leastDelaySeconds = 0, initialDelaySeconds = Math.max(warmUpSeconds, leastDelaySeconds), ...rest } = of.role;
  const role = { ...rest, initialDelaySeconds };
  if ('asks' in of) return { ...of, role };
  if ('query' in of) return { ...of, role };
  if ('throughputOf' in of) return { ...of, role };
  return 'mannWhitney' in of ? { ...of, role } : { ...of, role };
}
