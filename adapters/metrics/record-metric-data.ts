import { type MetricDataPage, type MetricDataResult, metricDataPage } from '../../core/analysis/metric-data.ts';
import type { RecordedMetricData, RecordedMetricDataResult } from '../../core/backtest/recording.ts';
import type { CloudWatchQuestion } from '../../core/metric-ports.ts';
import { askPages, type CloudWatchCalls } from './cloudwatch-pages.ts';
import { metricDataQueries } from './metric-data-queries.ts';

export type MetricDataRecorded =
  | { readonly ok: true; readonly data: RecordedMetricData }
  | { readonly ok: false; readonly why: string; readonly isRefused?: true };

/** A page has 100,800 datapoints at most: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const mostPages = 50;

const day = 86_400;

/**
 * For how long CloudWatch keeps datapoints of such periods; afterwards only longer ones are left of them.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export function keptForSeconds(periodSeconds: number): number {
  if (periodSeconds < 60) return 3 * 3_600;
  return periodSeconds % 300 === 0 ? 63 * day : 15 * day;
}

/**
 * What a question was answered over a time, as one GetMetricData would say it. Where CloudWatch answers only a part, there is no answer. Who asks needs
 * cloudwatch:GetMetricData.
 *
 * @param onPage Called when a page was answered.
 */
export async function recordMetricData(
  calls: CloudWatchCalls,
  asks: CloudWatchQuestion,
  { startMs, endMs, onPage }: { readonly startMs: number; readonly endMs: number; readonly onPage: () => void },
): Promise<MetricDataRecorded> {
  const { periodSeconds } = asks;
  const floor = (atMs: number) => Math.floor(atMs / 1000 / periodSeconds) * periodSeconds;
  const input = {
    MetricDataQueries: metricDataQueries(asks, 0),
    StartTime: floor(startMs),
    EndTime: floor(endMs),
    ScanBy: 'TimestampAscending',
  };
  const asked = await askPages<MetricDataPage>(calls, 'GetMetricData', input, { shape: metricDataPage, most: mostPages, onPage });
  if (!asked.ok) return { ok: false, why: asked.why, ...(asked.isRefused === true ? { isRefused: true } : {}) };
  if (!asked.isWhole) return { ok: false, why: `CloudWatch answers more than ${mostPages} pages.` };
  const results = joined(asked.pages);
  const failed = results.find(({ StatusCode }) => StatusCode !== 'Complete');
  if (failed !== undefined)
    return { ok: false, why: `CloudWatch answered with the status ${failed.StatusCode}, and not with all datapoints.` };
  const Messages = asked.pages.flatMap((page) => page.Messages ?? []);
  return { ok: true, data: { MetricDataResults: results.map(written), ...(Messages.length === 0 ? {} : { Messages }) } };
}

/** The results of all pages as one page has them: of one id and label one, but as many as one page has where a search found several of the same label. */
function joined(pages: readonly MetricDataPage[]): MetricDataResult[] {
  const found = new Map<string, MetricDataResult>();
  for (const { MetricDataResults } of pages) {
    const onPage = new Map<string, number>();
    for (const result of MetricDataResults) {
      const label = JSON.stringify([result.Id, result.Label]);
      const place = onPage.get(label) ?? 0;
      onPage.set(label, place + 1);
      const key = `${label} ${place}`;
      const before = found.get(key);
      found.set(key, before === undefined ? result : continued(before, result));
    }
  }
  return [...found.values()].map((result) => ({ ...result, StatusCode: result.StatusCode ?? 'Complete' }));
}

/** `PartialData` says that there is another page; whatever else went wrong stays. */
function continued(before: MetricDataResult, next: MetricDataResult): MetricDataResult {
  const failed = [before.StatusCode, next.StatusCode].find((status) => status && status !== 'Complete' && status !== 'PartialData');
  return {
    ...next,
    StatusCode: failed ?? next.StatusCode,
    Timestamps: [...before.Timestamps, ...next.Timestamps],
    Values: [...before.Values, ...next.Values],
    Messages: [...(before.Messages ?? []), ...(next.Messages ?? [])],
  };
}

function written({ Id, Label, StatusCode, Timestamps, Values, Messages }: MetricDataResult): RecordedMetricDataResult {
  return {
    Id,
    Label,
    StatusCode,
    Timestamps: Timestamps.map((seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')),
    Values: Values.map((value) => (Number.isFinite(value) ? value : Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity')),
    ...(Messages ? { Messages } : {}),
  };
}
