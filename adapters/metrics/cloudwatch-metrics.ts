import * as z from 'zod/mini';
import { type RememberedDatapoints, recall, remember, timesOf } from '../../core/analysis/datapoint-times.ts';
import { type MetricDataPage, metricDataPage, readAnswers } from '../../core/analysis/metric-data.ts';
import type {
  CloudWatchMetrics,
  CloudWatchQuestion,
  Datapoint,
  ListedMetric,
  MetricFilter,
  MetricListing,
} from '../../core/metric-ports.ts';
import type { Clock } from '../../core/ports.ts';
import type { AwsJsonApi } from '../aws/json-api.ts';
import { patientWaitMs } from '../aws/retry.ts';
import { askPages } from './cloudwatch-pages.ts';
import { inCalls, metricDataQueries } from './metric-data-queries.ts';

export interface CloudWatchMetricsOptions {
  /** Of `cloudWatchApi`. */
  readonly call: AwsJsonApi;
  readonly clock: Clock;
  /** From 0 to 1: those who were throttled together come back apart. */
  readonly random?: () => number;
}

/** A page has 100,800 datapoints, and a spec's metrics a few dozen; ListMetrics has 500 a page. */
const mostPages = 10;
const mostListed = 4;
/** At once no more, because what is throttled is throttled for others too. */
const attempts = 2;

const listPage = z.object({
  Metrics: z._default(
    z.array(
      z.object({
        Namespace: z.string(),
        MetricName: z.string(),
        Dimensions: z._default(z.array(z.object({ Name: z.string(), Value: z.string() })), []),
      }),
    ),
    [],
  ),
  NextToken: z.nullish(z.string()),
});

/**
 * Metrics of CloudWatch, all of a look in one GetMetricData: 50 calls a second are an account's quota, and each metric costs. What was answered last is answered again
 * while there can be nothing new, so that a short interval asks no more than the period needs. Names are looked up by ListMetrics. The role
 * needs cloudwatch:GetMetricData and cloudwatch:ListMetrics, which AWS grants for all metrics or none.
 *
 * Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html and API_ListMetrics.html; quotas:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
 */
export function createCloudWatchMetrics({ call, clock, random = Math.random }: CloudWatchMetricsOptions): CloudWatchMetrics {
  const api = { call, clock, attempts };
  let remembered: RememberedDatapoints | undefined;

  /** Again and again, as long as there is time, while CloudWatch throttles. Each time for what is newest then. */
  const askPatiently = async (questions: readonly CloudWatchQuestion[], untilMs: number) => {
    const MetricDataQueries = questions.flatMap(metricDataQueries);
    for (let attempt = 0; ; attempt += 1) {
      const nowMs = clock.now();
      const input = { MetricDataQueries, ...timesOf(questions, nowMs), ScanBy: 'TimestampDescending' };
      const asked = await askPages<MetricDataPage>(api, 'GetMetricData', input, { shape: metricDataPage, most: mostPages });
      if (asked.ok || asked.isThrottled !== true) return { asked, nowMs };
      const waitMs = patientWaitMs(attempt, random());
      if (clock.now() + waitMs > untilMs) return { asked, nowMs };
      await clock.sleep(waitMs);
    }
  };

  const askTogether = async (questions: readonly CloudWatchQuestion[], untilMs: number): Promise<Datapoint[]> => {
    const { asked, nowMs } = await askPatiently(questions, untilMs);
    if (asked.ok && asked.isWhole) return readAnswers(asked.pages, questions, nowMs);
    // One that CloudWatch can't read must not take the others with it.
    if (!asked.ok && asked.isRefused === true && questions.length > 1) {
      return (await Promise.all(questions.map((question) => askTogether([question], untilMs)))).flat();
    }
    if (asked.ok) return questions.map(() => ({ status: 'unavailable', why: `CloudWatch answers more than ${mostPages} pages.` }));
    const { ok: _, ...failed } = asked;
    return questions.map(() => ({ status: 'unavailable', ...failed }));
  };

  return {
    async measure(questions, patienceMs = 0) {
      const recalled = recall(remembered, questions, clock.now());
      if (recalled !== undefined) return [...recalled];
      const untilMs = clock.now() + patienceMs;
      const datapoints = (await Promise.all(inCalls(questions).map((each) => askTogether(each, untilMs)))).flat();
      remembered = remember(questions, datapoints, clock.now());
      return datapoints;
    },
    async list(filter): Promise<MetricListing> {
      const asked = await askPages(api, 'ListMetrics', listInput(filter), { shape: listPage, most: mostListed });
      if (!asked.ok) return { status: 'unavailable', why: asked.why };
      return { status: 'listed', metrics: asked.pages.flatMap(({ Metrics }) => Metrics.map(toListed)), isWhole: asked.isWhole };
    },
  };
}

function listInput({ namespace, metricName, dimensions = [] }: MetricFilter): Readonly<Record<string, unknown>> {
  return {
    Namespace: namespace,
    ...(metricName === undefined ? {} : { MetricName: metricName }),
    Dimensions: dimensions.map(({ name, value }) => ({ Name: name, ...(value === undefined ? {} : { Value: value }) })),
  };
}

function toListed({ Namespace, MetricName, Dimensions }: z.infer<typeof listPage>['Metrics'][number]): ListedMetric {
  return {
    namespace: Namespace,
    metricName: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
  };
}
