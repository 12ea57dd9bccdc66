import * as z from 'zod/mini';
import type { CloudWatchMetrics, CloudWatchQuestion, CloudWatchSeries } from '../../core/metric-ports.ts';
import { type WireAnswer, wireError } from './wire-answer.ts';

const dimension = z.object({ Name: z.string(), Value: z.string() });
const stat = z.object({
  Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: z.array(dimension) }),
  Period: z.int(),
  Stat: z.string(),
});
const query = z.object({
  Id: z.string(),
  ReturnData: z.boolean(),
  Expression: z.optional(z.string()),
  Period: z.optional(z.int()),
  MetricStat: z.optional(stat),
});
type Query = z.infer<typeof query>;

/** GetMetricData in front of the sandbox's port: of each query that is to return data, the newest datapoint. */
export async function answerMetricData(cloudWatch: CloudWatchMetrics, input: unknown): Promise<WireAnswer> {
  const { MetricDataQueries: all } = z.object({ MetricDataQueries: z.array(query) }).parse(input);
  const asked = all.filter(({ ReturnData }) => ReturnData);
  const answers = await cloudWatch.measure(asked.map((each) => questionOf(each, all)));
  const down = answers.find((answer) => answer.status === 'unavailable');
  if (down?.status === 'unavailable') {
    return down.isRefused === true ? wireError('ValidationError', down.why) : wireError('InternalServiceFault', down.why, 500);
  }
  const MetricDataResults = answers.map((answer, index) => ({
    Id: asked[index]?.Id,
    StatusCode: 'Complete',
    Timestamps: answer.status === 'value' ? [answer.fromMs / 1000] : [],
    Values: answer.status === 'value' ? [answer.value] : [],
  }));
  return { status: 200, body: { MetricDataResults } };
}

export async function answerListMetrics(cloudWatch: CloudWatchMetrics, input: unknown): Promise<WireAnswer> {
  const filter = z.object({
    Namespace: z.string(),
    MetricName: z.optional(z.string()),
    Dimensions: z.array(z.object({ Name: z.string(), Value: z.optional(z.string()) })),
  });
  const { Namespace: namespace, MetricName: metricName, Dimensions } = filter.parse(input);
  const listing = await cloudWatch.list({
    namespace,
    ...(metricName === undefined ? {} : { metricName }),
    dimensions: Dimensions.map(({ Name: name, Value: value }) => ({ name, ...(value === undefined ? {} : { value }) })),
  });
  if (listing.status === 'unavailable') return wireError('InternalServiceFault', listing.why, 500);
  const Metrics = listing.metrics.map((metric) => ({
    Namespace: metric.namespace,
    MetricName: metric.metricName,
    Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
  }));
  return { status: 200, body: { Metrics } };
}

function questionOf({ Id, Expression, Period, MetricStat }: Query, all: readonly Query[]): CloudWatchQuestion {
  if (MetricStat !== undefined) return { kind: 'metric', periodSeconds: MetricStat.Period, metric: seriesOf(MetricStat) };
  if (Expression === undefined || Period === undefined) throw new Error(`${Id} asks for nothing.`);
  const metrics = all.flatMap((each) =>
    each.MetricStat === undefined || each.ReturnData || !each.Id.startsWith(`${Id}_`)
      ? []
      : [[each.Id, seriesOf(each.MetricStat)] as const],
  );
  return { kind: 'expression', periodSeconds: Period, expression: Expression, metrics: Object.fromEntries(metrics) };
}

function seriesOf({ Metric, Stat }: z.infer<typeof stat>): CloudWatchSeries {
  const { Namespace: namespace, MetricName: metricName, Dimensions } = Metric;
  return { namespace, metricName, dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])), stat: Stat };
}
