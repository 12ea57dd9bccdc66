import * as z from 'zod/mini';
import type {
  CloudWatchMetrics,
  CloudWatchQuestion,
  Datapoint,
  ListedMetric,
  MetricFilter,
  MetricListing,
} from '../../core/metric-ports.ts';
import type { Clock } from '../../core/ports.ts';
import { shorten } from '../../core/shorten.ts';
import type { AwsFailure, AwsJsonApi } from '../aws/json-api.ts';
import { callWithRetry, patientWaitMs, throttling } from '../aws/retry.ts';
import { type MetricDataPage, metricDataPage, readAnswers } from './metric-data-answer.ts';
import { queriesOf, queryCount, timesOf } from './metric-data-queries.ts';

/** CloudWatch is `monitoring` in host names and signatures, and speaks JSON 1.0 under its oldest name, as AWS's own SDK has it. */
export const cloudWatchApi = { service: { name: 'monitoring', id: 'CLOUDWATCH' }, targetPrefix: 'GraniteServiceVersion20100801' } as const;

export interface CloudWatchMetricsOptions {
  /** Of `cloudWatchApi`. */
  readonly call: AwsJsonApi;
  readonly clock: Clock;
  /** From 0 to 1: those who were throttled together come back apart. */
  readonly random?: () => number;
}

/** What one GetMetricData takes. */
const queriesPerCall = 500;
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
  let remembered: { readonly of: string; readonly untilMs: number; readonly datapoints: readonly Datapoint[] } | undefined;

  /** All pages of one operation, or why not. */
  const askPages = async <T extends { readonly NextToken?: string | null | undefined }>(
    operation: string,
    input: Readonly<Record<string, unknown>>,
    { shape, most }: { readonly shape: z.ZodMiniType<T>; readonly most: number },
  ): Promise<Asked<T>> => {
    const pages: T[] = [];
    for (let token: string | null | undefined; pages.length < most; ) {
      const page = await callWithRetry(call, operation, token ? { ...input, NextToken: token } : input, {
        clock,
        attempts,
        repeatable: true,
      });
      if (page.status === 'failed') return { ok: false, ...whyFailed(operation, page.failure) };
      const parsed = shape.safeParse(page.output);
      if (!parsed.success) return { ok: false, why: `The answer of CloudWatch to ${operation} has a shape that is not known.` };
      pages.push(parsed.data);
      token = parsed.data.NextToken;
      if (!token) return { ok: true, pages, isWhole: true };
    }
    return { ok: true, pages, isWhole: false };
  };

  /** Again and again, as long as there is time, while CloudWatch throttles. Each time for what is newest then. */
  const askPatiently = async (questions: readonly CloudWatchQuestion[], untilMs: number) => {
    const MetricDataQueries = questions.flatMap(queriesOf);
    for (let attempt = 0; ; attempt += 1) {
      const nowMs = clock.now();
      const input = { MetricDataQueries, ...timesOf(questions, nowMs), ScanBy: 'TimestampDescending' };
      const asked = await askPages<MetricDataPage>('GetMetricData', input, { shape: metricDataPage, most: mostPages });
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
      const of = JSON.stringify(questions);
      if (remembered?.of === of && clock.now() < remembered.untilMs) return [...remembered.datapoints];
      const untilMs = clock.now() + patienceMs;
      const datapoints = (await Promise.all(inCalls(questions).map((each) => askTogether(each, untilMs)))).flat();
      remembered = { of, untilMs: askAgainAtMs(questions, datapoints, clock.now()), datapoints };
      return datapoints;
    },
    async list(filter): Promise<MetricListing> {
      const asked = await askPages('ListMetrics', listInput(filter), { shape: listPage, most: mostListed });
      if (!asked.ok) return { status: 'unavailable', why: asked.why };
      return { status: 'listed', metrics: asked.pages.flatMap(({ Metrics }) => Metrics.map(toListed)), isWhole: asked.isWhole };
    },
  };
}

type Asked<T> = { readonly ok: true; readonly pages: readonly T[]; readonly isWhole: boolean } | ({ readonly ok: false } & Failed);

interface Failed {
  readonly why: string;
  readonly isRefused?: true;
  readonly isThrottled?: true;
}

/** As few calls as the queries of all questions need. */
function inCalls(questions: readonly CloudWatchQuestion[]): CloudWatchQuestion[][] {
  const calls: CloudWatchQuestion[][] = [];
  let room = 0;
  for (const question of questions) {
    const count = queryCount(question);
    if (count > room) {
      calls.push([]);
      room = queriesPerCall;
    }
    calls.at(-1)?.push(question);
    room -= count;
  }
  return calls;
}

/**
 * When there may be something new: not before the next period is over, and then six times a period until it is published. What was not answered is asked for again
 * at once.
 *
 * @example Of a period of 60 s that ended at 12:01:00 and is read at 12:01:20: at 12:02:00, and then each 10 s.
 */
function askAgainAtMs(questions: readonly CloudWatchQuestion[], datapoints: readonly Datapoint[], nowMs: number): number {
  if (datapoints.some(({ status }) => status === 'unavailable')) return 0;
  const again = datapoints.map((each, index) => {
    const soonMs = nowMs + ((questions[index]?.periodSeconds ?? 0) * 1000) / 6;
    return each.status === 'value' ? Math.max(soonMs, 2 * each.untilMs - each.fromMs) : soonMs;
  });
  return Math.min(...again);
}

/** A rate that was exceeded, and a role that may not ask, are sources that do not answer; a question that is wrong is one for good. */
function whyFailed(operation: string, { name, message, retryable, refused }: AwsFailure): Failed {
  const said = `${shorten(name, 60)}, ${shorten(message, 500)}`;
  if (/AccessDenied|Unauthorized|NotAuthorized/.test(name)) {
    return { why: `CloudWatch refused ${operation}: ${said}. The function's role needs cloudwatch:${operation}.` };
  }
  if (refused && !retryable && /Validation|InvalidParameter|MissingRequiredParameter|MissingParameter/.test(name)) {
    return { why: `CloudWatch can't read what it is asked: ${said}.`, isRefused: true };
  }
  if (throttling.test(name)) {
    return { why: `CloudWatch throttles ${operation}, whose quota the account shares with all who ask: ${said}.`, isThrottled: true };
  }
  return { why: `CloudWatch did not answer ${operation}: ${said}.` };
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
