import { type RememberedDatapoints, recall, remember, timesOf } from '../analysis/datapoint-times.ts';
import { answerId, countedIds, type MetricDataPage, seriesOfId } from '../analysis/metric-data.ts';
import { type DatapointSeries, newestDatapoint } from '../analysis/newest-datapoint.ts';
import type { CloudWatchQuestion } from '../metric-ports.ts';
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
 * What CloudWatch would have answered to all that is asked at a moment, as createCloudWatchMetrics in adapters/metrics/cloudwatch-metrics.ts asks it: for the same
 * time, and not again while there can be nothing new.
 *
 * @param before What was answered at the look before.
 * @example Of a minute that began at 12:00:00: from 12:02:00 on, and until the next one, at 12:03:00 or up to ten seconds later.
 */
export function recordedAnswers(
  recorded: ReadonlyMap<string, RecordedDatapoints>,
  metrics: readonly { readonly name: string; readonly asks: CloudWatchQuestion }[],
  { nowMs, before }: { readonly nowMs: number; readonly before: RememberedDatapoints | undefined },
): RememberedDatapoints | undefined {
  if (metrics.length === 0) return before;
  const questions = metrics.map(({ asks }) => asks);
  if (before !== undefined && recall(before, questions, nowMs) !== undefined) return before;
  const sinceMs = timesOf(questions, nowMs).StartTime * 1000;
  const datapoints = metrics.map(({ name, asks }) => {
    const { of, counted } = recorded.get(name) ?? { of: undefined, counted: [] };
    const untilMs = nowMs - (1 + publishedAfterPeriods) * asks.periodSeconds * 1000;
    const published = (series: RecordedSeries | undefined): DatapointSeries | undefined => {
      if (series === undefined) return undefined;
      return { ...series.about, values: new Map(pointsBetween(series.points, sinceMs, untilMs)) };
    };
    return newestDatapoint(asks, { of: published(of), counted: counted.map(published) }, nowMs);
  });
  return remember(questions, datapoints, nowMs);
}
