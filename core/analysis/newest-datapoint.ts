import type { CloudWatchQuestion, Datapoint } from '../metric-ports.ts';
import { shorten } from '../shorten.ts';

/** What CloudWatch answered for one id. */
export interface DatapointSeries {
  readonly status: string;
  /** More than one where a search, or a function such as ANOMALY_DETECTION_BAND, answered several. */
  readonly labels: ReadonlySet<string>;
  readonly isRepeated: boolean;
  readonly isReadable: boolean;
  /** By the beginnings of their periods, in milliseconds. */
  readonly values: ReadonlyMap<number, number>;
  /** What CloudWatch said of it, as a sentence that begins with a blank; or nothing. */
  readonly said: string;
}

/** What was answered to one question: to itself, or the divisor of a share, and to each of the numbers that the share counts. */
export interface AnsweredQuestion {
  readonly of: DatapointSeries | undefined;
  readonly counted: readonly (DatapointSeries | undefined)[];
}

/** How old the end of the newest period may be: CloudWatch publishes late, by a period or two. */
export function staleAfterMs(periodSeconds: number): number {
  return Math.max(60, 3 * periodSeconds) * 1000;
}

/** The datapoint of the newest period that is over. One that is still under way has a part of its samples. */
export function newestDatapoint(asks: CloudWatchQuestion, { of, counted }: AnsweredQuestion, nowMs: number): Datapoint {
  const newest = newestOf(of, asks.periodSeconds, nowMs);
  if (newest.status !== 'value' || asks.kind === 'metric' || asks.kind === 'expression') return newest;
  if (newest.value <= 0) return { status: 'noData', why: `there were ${newest.value} requests in the newest period.` };
  return asks.kind === 'count' ? newest : shareAt(newest, counted);
}

function newestOf(series: DatapointSeries | undefined, periodSeconds: number, nowMs: number): Datapoint {
  const trouble = troubleOf(series);
  if (series === undefined || trouble !== undefined) return trouble ?? nothingAnswered;
  const periodMs = periodSeconds * 1000;
  const full = [...series.values.keys()].filter((fromMs) => fromMs + periodMs <= nowMs);
  if (full.length === 0) return { status: 'noData', why: `CloudWatch has no datapoint of the last periods.${series.said}` };
  const fromMs = Math.max(...full);
  const ageMs = nowMs - fromMs - periodMs;
  if (ageMs > staleAfterMs(periodSeconds)) {
    const most = staleAfterMs(periodSeconds) / 1000;
    return { status: 'noData', why: `the newest period ended ${Math.round(ageMs / 1000)} s ago; at most ${most} s counts.${series.said}` };
  }
  const value = series.values.get(fromMs) ?? Number.NaN;
  if (!Number.isFinite(value)) return { status: 'noData', why: `its newest value is ${value}, which is no number.${series.said}` };
  return { status: 'value', value, fromMs, untilMs: fromMs + periodMs };
}

const nothingAnswered: Datapoint = { status: 'noData', why: 'CloudWatch answers no series: a search that finds nothing.' };

/** Why the answer holds no datapoint, whatever its values; undefined where it may hold one. */
export function troubleOf(series: DatapointSeries | undefined): Datapoint | undefined {
  if (series === undefined) return nothingAnswered;
  const { status, labels, isRepeated, isReadable, said } = series;
  if (!isReadable) return { status: 'unavailable', why: 'The answer of CloudWatch has values without times, or times without values.' };
  if (status === 'Forbidden') return { status: 'unavailable', why: `CloudWatch does not let the controller read that metric.${said}` };
  if (status === 'PartialData') return { status: 'noData', why: `CloudWatch answers only a part of the datapoints.${said}` };
  if (status !== 'Complete') return { status: 'unavailable', why: `CloudWatch failed with ${shorten(status, 50)}.${said}` };
  if (!isRepeated && labels.size <= 1) return undefined;
  const examples = [...labels].slice(0, 2).map((label) => shorten(label, 100));
  return {
    status: 'noData',
    why: `CloudWatch answers several series, such as ${examples.join(' and ')}; make one of them with SUM, AVG or MAX.`,
  };
}

/** What was counted in the same period; nothing is 0, since AWS publishes no zeros. */
function shareAt(requests: Extract<Datapoint, { status: 'value' }>, counted: readonly (DatapointSeries | undefined)[]): Datapoint {
  let sum = 0;
  for (const series of counted) {
    const trouble = series === undefined ? undefined : troubleOf(series);
    if (trouble !== undefined) return trouble;
    sum += series?.values.get(requests.fromMs) ?? 0;
  }
  if (!Number.isFinite(sum)) return { status: 'noData', why: `what was counted is ${sum}, which is no number.` };
  return { ...requests, value: sum / requests.value };
}
