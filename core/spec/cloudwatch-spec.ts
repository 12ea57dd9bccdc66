import * as z from 'zod/mini';
import type { CloudWatchQuestion, CloudWatchSeries } from '../metric-ports.ts';
import { duration } from './duration.ts';
import { loadBalancerSource, toLoadBalancerQuestion } from './load-balancer-spec.ts';
import type { DelayedRole, MetricRole } from './metric-role.ts';
import { hasOrder, hasThreshold, metricName, type ThresholdSpec, thresholds, toThreshold } from './query-spec.ts';

/**
 * Metrics that CloudWatch answers: one metric, an expression over several, or what a load balancer counts. Limits are those of its API:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Metric.html and API_MetricDataQuery.html beside it.
 */

const statistic =
  /^(Average|Sum|Minimum|Maximum|SampleCount|IQM|(p|tm|wm|tc|ts)(\d{1,2}(\.\d{1,10})?|100)|(TM|WM|TC|TS|PR)\([\d.]*%?:[\d.]*%?\))$/;

const text = (most: number) => z.string().check(z.minLength(1), z.maxLength(most));

const dimensions = z.record(text(255), text(1_024), { error: 'dimensions as a mapping of names to values' }).check(
  z.refine((all) => Object.keys(all).length <= 30, { error: 'at most 30 dimensions' }),
  z.describe(
    'All that the metric was written with: CloudWatch finds none by a part of them. Values may hold the placeholders of queries, but {{interval}}',
  ),
);

const series = {
  namespace: text(255).check(z.describe('As CloudWatch lists it: AWS/ApplicationELB, Shop/Checkout')),
  name: text(255).check(z.describe('The name of the metric')),
  dimensions: z._default(dimensions, {}),
  stat: z
    .string()
    .check(
      z.regex(statistic, { error: "one of CloudWatch's statistics: Average, Sum, Minimum, Maximum, SampleCount, p99, tm90 and the like" }),
      z.maxLength(40),
      z.describe('Average, Sum, Minimum, Maximum, SampleCount, p99, tm90, PR(0:0.25)'),
    ),
};

const longestPeriodSeconds = 900;
const isPeriod = (seconds: number) =>
  [1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0 && seconds <= longestPeriodSeconds);

export const period = z
  .prefault(duration.check(z.describe('What one datapoint stands for. Below 1m only for metrics of high resolution')), '60s')
  .check(z.refine(isPeriod, { error: '1s, 5s, 10s, 20s, 30s, or full minutes up to 15m' }));

const oneMetric = z.strictObject({
  metric: z.strictObject({ ...series, period }).check(z.describe('One metric')),
});

/** Of one expression, so that a spec's fifty metrics stay a few calls. */
const mostMetrics = 10;
const idPattern = /^[a-z]\w*$/;

const expression = z.strictObject({
  expression: text(1_024).check(z.describe("CloudWatch's metric math, of one result: 100 * errors / requests")),
  period,
  metrics: z._default(z.record(text(60), z.strictObject(series), { error: 'metrics by the ids that the expression names' }), {}).check(
    z.refine((all) => Object.keys(all).length <= mostMetrics, { error: `at most ${mostMetrics} metrics` }),
    z.refine((all) => Object.keys(all).every((id) => idPattern.test(id)), {
      error: 'ids that begin with a lower-case letter, and have no other characters than letters, digits and underscores',
    }),
    z.describe('What the expression names, each by its id'),
  ),
});

const cloudWatchSource = z
  .strictObject({
    name: metricName,
    cloudwatch: z
      .union([oneMetric, expression], { error: 'metric, or expression with metrics' })
      .check(z.describe('What CloudWatch is asked, in the account and region of the controller')),
    ...thresholds,
  })
  .check(hasThreshold, hasOrder);

/** How entries of `analysis.metrics` that CloudWatch answers stand in the file. */
export const cloudWatchSources = [cloudWatchSource, loadBalancerSource] as const;
type CloudWatchSource = z.infer<(typeof cloudWatchSources)[number]>;

/** A metric that CloudWatch answers, judged by its thresholds. */
export interface CloudWatchMetric extends ThresholdSpec {
  /** Its dimensions still with their placeholders. */
  readonly asks: CloudWatchQuestion;
  readonly role: MetricRole;
}

export function isCloudWatchSource(source: unknown): source is CloudWatchSource {
  return typeof source === 'object' && source !== null && ('cloudwatch' in source || 'loadBalancer' in source);
}

/** Whether CloudWatch is to answer it, for rules that also see what another rule has refused: that is as it stands in the file. */
export function asksCloudWatch(metric: unknown): boolean {
  return isCloudWatchSource(metric) || (typeof metric === 'object' && metric !== null && 'asks' in metric);
}

export function toCloudWatchMetric(source: CloudWatchSource): Omit<CloudWatchMetric, 'role'> & { readonly role: DelayedRole } {
  if ('loadBalancer' in source) {
    const { loadBalancer, targetGroup, measure, stat, period: periodSeconds, name, ...judged } = source;
    const asks = toLoadBalancerQuestion({ loadBalancer, targetGroup, measure, stat, periodSeconds });
    return { ...toThreshold(judged, name ?? `${measure} of the load balancer`), asks };
  }
  const { name, cloudwatch, ...judged } = source;
  return { ...toThreshold(judged, name), asks: toQuestion(cloudwatch) };
}

function toQuestion(cloudwatch: z.infer<typeof cloudWatchSource>['cloudwatch']): CloudWatchQuestion {
  if ('metric' in cloudwatch) {
    const { period: periodSeconds, ...metric } = cloudwatch.metric;
    return { kind: 'metric', periodSeconds, metric: toSeries(metric) };
  }
  const { expression: math, period: periodSeconds, metrics } = cloudwatch;
  const byId = Object.fromEntries(Object.entries(metrics).map(([id, metric]) => [id, toSeries(metric)]));
  return { kind: 'expression', periodSeconds, expression: math, metrics: byId };
}

function toSeries({
  name,
  ...rest
}: {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  stat: string;
}): CloudWatchSeries {
  return { ...rest, metricName: name };
}
