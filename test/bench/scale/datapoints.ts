import * as z from 'zod/mini';
import type { Datapoint } from '../../../core/metric-ports.ts';

/** How long after its end a period is published: "a minute or two" is what people see of load balancers; assumed, since AWS gives no figure. */
export const publishedAfterMs = 90_000;

/** The newest period that is published: nothing failed in it, and no queue is long. */
export function newestDatapoint(periodSeconds: number, nowMs: number): Extract<Datapoint, { status: 'value' }> {
  const periodMs = periodSeconds * 1000;
  const untilMs = Math.floor((nowMs - publishedAfterMs) / periodMs) * periodMs;
  return { status: 'value', value: 0, fromMs: untilMs - periodMs, untilMs };
}

const asked = z.object({
  MetricDataQueries: z.array(
    z.object({ Id: z.string(), MetricStat: z.object({ Period: z.number(), Metric: z.object({ MetricName: z.string() }) }) }),
  ),
});

/** What GetMetricData answers where all is well: a hundred requests in the newest period, and nothing else. */
export function metricDataAt(input: unknown, nowMs: number): Readonly<Record<string, unknown>> {
  const results = asked.parse(input).MetricDataQueries.map(({ Id, MetricStat: { Period, Metric } }) => {
    const { fromMs, value } = newestDatapoint(Period, nowMs);
    return { Id, StatusCode: 'Complete', Timestamps: [fromMs / 1000], Values: [Metric.MetricName === 'RequestCount' ? 100 : value] };
  });
  return { MetricDataResults: results };
}

const listed = z.object({
  Namespace: z.string(),
  MetricName: z.optional(z.string()),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.optional(z.string()) })),
});

/** What ListMetrics answers where every metric that a spec may name is known. */
export function metricListOf(input: unknown): Readonly<Record<string, unknown>> {
  const { Namespace, MetricName = 'any', Dimensions } = listed.parse(input);
  return { Metrics: [{ Namespace, MetricName, Dimensions: Dimensions.map(({ Name, Value = 'any' }) => ({ Name, Value })) }] };
}
