import { answerId, countedId } from '../../core/analysis/metric-data.ts';
import { renameIds } from '../../core/analysis/metric-math.ts';
import { seriesOf } from '../../core/analysis/series-of.ts';
import type { CloudWatchQuestion, CloudWatchSeries } from '../../core/metric-ports.ts';

/** As GetMetricData takes it: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html */
export interface MetricDataQuery {
  readonly Id: string;
  readonly ReturnData: boolean;
  readonly Expression?: string;
  readonly Period?: number;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Period: number;
    readonly Stat: string;
  };
}

/** The queries of the question at that place. Ids are its own, since those of one call share a name space; only what is read is returned. */
export function metricDataQueries(asks: CloudWatchQuestion, index: number): MetricDataQuery[] {
  const { periodSeconds } = asks;
  const id = answerId(index);
  switch (asks.kind) {
    case 'metric':
    case 'count':
      return [statQuery(id, asks.metric, periodSeconds, true)];
    case 'share':
      return [
        statQuery(id, asks.of, periodSeconds, true),
        ...asks.counted.map((series, part) => statQuery(countedId(index, part), series, periodSeconds, true)),
      ];
    case 'expression': {
      const own = (inner: string) => `${id}_${inner}`;
      return [
        { Id: id, Expression: renameIds(asks.expression, own), Period: periodSeconds, ReturnData: true },
        ...Object.entries(asks.metrics).map(([inner, series]) => statQuery(own(inner), series, periodSeconds, false)),
      ];
    }
  }
}

/** What one GetMetricData takes. */
const queriesPerCall = 500;

/** As few calls as the queries of all questions need. */
export function inCalls(questions: readonly CloudWatchQuestion[]): CloudWatchQuestion[][] {
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

function queryCount(asks: CloudWatchQuestion): number {
  return seriesOf(asks).length + (asks.kind === 'expression' ? 1 : 0);
}

function statQuery(
  Id: string,
  { namespace, metricName, dimensions, stat }: CloudWatchSeries,
  Period: number,
  ReturnData: boolean,
): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Id, ReturnData, MetricStat: { Metric: { Namespace: namespace, MetricName: metricName, Dimensions }, Period, Stat: stat } };
}
