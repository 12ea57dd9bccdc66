import { answerId, countedIds, type MetricDataPage, seriesOfId } from '../analysis/metric-data.ts';
import { type DatapointSeries, newestDatapoint, staleAfterMs } from '../analysis/newest-datapoint.ts';
import type { CloudWatchQuestion, Datapoint } from '../metric-ports.ts';
import { type Points, pointsBetween } from './points.ts';

/** What was recorded below one id, whose values are looked up look by look. */
export interface RecordedSeries {
  readonly about: Omit<DatapointSeries, 'values'>;
  readonly points: Points<number>;
}

/** What was recorded of a metric of CloudWatch. */
export interface RecordedDatapoints {
  readonly of: RecordedSeries | undefined;
  readonly counted: readonly (RecordedSeries | undefined)[];
}

export function recordedDatapoints(page: MetricDataPage, asks: CloudWatchQuestion): RecordedDatapoints {
  const find = (id: string) => recordedSeries(seriesOfId([page], id));
  return { of: find(answerId(0)), counted: countedIds(asks, 0).map(find) };
}

function recordedSeries(series: DatapointSeries | undefined): RecordedSeries | undefined {
  if (series === undefined) return undefined;
  const { values, ...about } = series;
  const ordered = [...values].sort(([one], [other]) => one - other);
  return { about, points: { timesMs: ordered.map(([fromMs]) => fromMs), values: ordered.map(([, value]) => value) } };
}

/**
 * So many periods after its end a datapoint is taken for published, and for complete. When it was is not recorded; Netflix's Atlas reads those of load
 * balancers as late, because they change until then: https://github.com/Netflix/atlas/pull/1300
 */
export const publishedAfterPeriods = 1;

/**
 * What CloudWatch would have answered at a moment, asked for as far back as timesOf in adapters/metrics/metric-data-queries.ts has it.
 *
 * @example At 12:02:10 and at 12:02:50 the minute that began at 12:00:00, and so on until 12:03:00.
 */
export function recordedDatapoint(asks: CloudWatchQuestion, { of, counted }: RecordedDatapoints, nowMs: number): Datapoint {
  const periodMs = asks.periodSeconds * 1000;
  const untilMs = nowMs - (1 + publishedAfterPeriods) * periodMs;
  const sinceMs = Math.floor(nowMs / periodMs) * periodMs - periodMs - staleAfterMs(asks.periodSeconds);
  const published = (series: RecordedSeries | undefined): DatapointSeries | undefined => {
    if (series === undefined) return undefined;
    return { ...series.about, values: new Map(pointsBetween(series.points, sinceMs, untilMs)) };
  };
  return newestDatapoint(asks, { of: published(of), counted: counted.map(published) }, nowMs);
}
