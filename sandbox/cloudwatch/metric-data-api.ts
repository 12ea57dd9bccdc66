import * as z from 'zod/mini';
import type { AwsAnswer, AwsJsonApi } from '../../adapters/aws/json-api.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { compileExpression } from './metric-math.ts';
import type { MetricName, MetricStore, Statistic } from './metric-store.ts';

const metric = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z._default(z.array(z.object({ Name: z.string(), Value: z.string() })), []),
});
const query = z.object({
  Id: z.string().check(z.regex(/^[a-z]\w*$/)),
  ReturnData: z._default(z.boolean(), true),
  Expression: z.optional(z.string()),
  Period: z.optional(z.int()),
  MetricStat: z.optional(z.object({ Metric: metric, Period: z.int(), Stat: z.string() })),
});
const getMetricData = z.object({
  MetricDataQueries: z.array(query).check(z.minLength(1), z.maxLength(500)),
  StartTime: z.number(),
  EndTime: z.number(),
});
const listMetrics = z.object({
  Namespace: z.optional(z.string()),
  MetricName: z.optional(z.string()),
  Dimensions: z._default(z.array(z.object({ Name: z.string(), Value: z.optional(z.string()) })), []),
  NextToken: z.optional(z.string()),
});
type Query = z.infer<typeof query>;

const statistic = /^(Average|Sum|Minimum|Maximum|SampleCount|p(\d{1,2}(\.\d{1,10})?|100))$/;
const listedPerPage = 500;

export interface MetricDataApiOptions {
  readonly metrics: MetricStore;
  /** While it holds, what is asked is throttled. */
  readonly isDown: () => boolean;
}

/**
 * The part of CloudWatch's API that reads metrics. Of metric math it knows what `compileExpression` knows, and of statistics those of the store; what is beyond
 * that is refused as CloudWatch refuses what it can't read.
 */
export function createMetricDataApi({ metrics, isDown }: MetricDataApiOptions): AwsJsonApi {
  return async (operation, input) => {
    if (isDown()) return failed('ThrottlingException', 'Rate exceeded', true);
    try {
      if (operation === 'GetMetricData') return { status: 'ok', output: answerMetricData(metrics, getMetricData.parse(input)) };
      if (operation === 'ListMetrics') return { status: 'ok', output: answerList(metrics, listMetrics.parse(input)) };
      return failed('UnknownOperationException', operation, false);
    } catch (error) {
      if (error instanceof InvalidInputError || error instanceof z.core.$ZodError) return failed('ValidationError', error.message, false);
      throw error;
    }
  };
}

function failed(name: string, message: string, retryable: boolean): AwsAnswer {
  return { status: 'failed', failure: { name, message, retryable, refused: true, details: undefined } };
}

function answerMetricData(metrics: MetricStore, { MetricDataQueries, StartTime, EndTime }: z.infer<typeof getMetricData>) {
  const asked = MetricDataQueries.filter(({ ReturnData }) => ReturnData);
  const byId = new Map(MetricDataQueries.map((each) => [each.Id, each]));
  if (byId.size < MetricDataQueries.length) throw invalid('Ids must be unique within a call.');
  return {
    MetricDataResults: asked.map((each) => {
      const { periodSeconds, valueAt } = readQuery(metrics, each, byId);
      const points: { readonly seconds: number; readonly value: number }[] = [];
      for (let seconds = Math.floor(StartTime / periodSeconds) * periodSeconds; seconds < EndTime; seconds += periodSeconds) {
        const value = valueAt(seconds);
        if (value !== undefined) points.unshift({ seconds, value });
      }
      return {
        Id: each.Id,
        Label: each.MetricStat?.Metric.MetricName ?? each.Id,
        StatusCode: 'Complete',
        Timestamps: points.map(({ seconds }) => seconds),
        Values: points.map(({ value }) => value),
      };
    }),
    Messages: [],
  };
}

interface Evaluated {
  readonly periodSeconds: number;
  readonly valueAt: (seconds: number) => number | undefined;
}

function readQuery(metrics: MetricStore, { Id, Expression, Period, MetricStat }: Query, byId: ReadonlyMap<string, Query>): Evaluated {
  if (Expression !== undefined) return readExpression(metrics, Expression, Period, byId);
  if (MetricStat === undefined) throw invalid(`${Id} has neither a MetricStat nor an Expression.`);
  const { Stat, Metric } = MetricStat;
  if (!isStatistic(Stat)) throw invalid(`${Id} has the statistic ${Stat}.`);
  const periodSeconds = checkedPeriod(MetricStat.Period);
  const name = toName(Metric);
  return {
    periodSeconds,
    valueAt: (seconds) => metrics.statistic(name, Stat, seconds * 1000, (seconds + periodSeconds) * 1000),
  };
}

function readExpression(metrics: MetricStore, text: string, period: number | undefined, byId: ReadonlyMap<string, Query>): Evaluated {
  const { ids, evaluate } = compileExpression(text);
  const parts = new Map(
    ids.map((id) => {
      const named = byId.get(id);
      if (named?.MetricStat === undefined) throw invalid(`The expression names ${id}, which is no metric of the call.`);
      return [id, readQuery(metrics, named, byId)] as const;
    }),
  );
  const periodSeconds = checkedPeriod(period ?? Math.max(60, ...[...parts.values()].map((part) => part.periodSeconds)));
  return { periodSeconds, valueAt: (seconds) => evaluate((id) => parts.get(id)?.valueAt(seconds)) };
}

function isStatistic(text: string): text is Statistic {
  return statistic.test(text);
}

function checkedPeriod(seconds: number): number {
  if ([1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0)) return seconds;
  throw invalid(`A period of ${seconds} s is neither 1, 5, 10, 20, 30 nor a multiple of 60.`);
}

function answerList(metrics: MetricStore, { Namespace, MetricName: name, Dimensions, NextToken }: z.infer<typeof listMetrics>) {
  const found = metrics
    .names()
    .filter(
      ({ namespace, metricName, dimensions = {} }) =>
        (Namespace === undefined || namespace === Namespace) &&
        (name === undefined || metricName === name) &&
        Dimensions.every(({ Name, Value }) => Object.hasOwn(dimensions, Name) && (Value === undefined || dimensions[Name] === Value)),
    );
  const start = Number(NextToken ?? 0);
  const more = start + listedPerPage < found.length ? { NextToken: `${start + listedPerPage}` } : {};
  return { Metrics: found.slice(start, start + listedPerPage).map(toMetric), ...more };
}

function toName({ Namespace, MetricName: metricName, Dimensions }: z.infer<typeof metric>): MetricName {
  return { namespace: Namespace, metricName, dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])) };
}

function toMetric({ namespace, metricName, dimensions = {} }: MetricName) {
  return {
    Namespace: namespace,
    MetricName: metricName,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
  };
}

function invalid(problem: string): InvalidInputError {
  return new InvalidInputError(problem, { remedy: 'Ask as GetMetricData wants it.' });
}
