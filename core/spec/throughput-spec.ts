import * as z from 'zod/mini';
import type { DelayedRole, MetricRole } from './metric-role.ts';
import { hasOrder, hasThreshold, metricName, type ThresholdSpec, thresholds, toThreshold } from './query-spec.ts';
import { metricWindow } from './window-spec.ts';

/**
 * How many requests are answered in a second, as the mesh counts them: a service whose requests hang is seen by it before they end, and a storm of
 * retries too. What is counted by which series is in adapters/metrics/throughput-queries.ts, since only the runtime knows the names of a rollout.
 */
export interface ThroughputSpec extends ThresholdSpec {
  /** Stable and canary together, or the canary alone. */
  readonly throughputOf: 'service' | 'canary';
  readonly windowSeconds: number;
  readonly role: MetricRole;
}

export const throughputMetric = z
  .strictObject({
    throughput: z
      .enum(['service', 'canary'])
      .check(
        z.describe(
          'Requests answered in a second. service: by stable and canary together. canary: by the canary, which grows with its weight',
        ),
      ),
    window: z.prefault(metricWindow.check(z.describe('What they are counted over')), '1m'),
    name: z.optional(metricName),
    ...thresholds,
  })
  .check(hasThreshold, hasOrder);

const usualName: Readonly<Record<ThroughputSpec['throughputOf'], string>> = { service: 'throughput', canary: 'throughput of the canary' };

/** A canary is asked for when it has had its weight for a window: before that, it answered nobody for a part of it. */
export function toThroughput(source: z.infer<typeof throughputMetric>): Omit<ThroughputSpec, 'role'> & { readonly role: DelayedRole } {
  const { throughput: throughputOf, window: windowSeconds, name = usualName[throughputOf], ...rest } = source;
  const { role, ...judged } = toThreshold(rest, name);
  return { ...judged, throughputOf, windowSeconds, role: throughputOf === 'canary' ? { ...role, leastDelaySeconds: windowSeconds } : role };
}
